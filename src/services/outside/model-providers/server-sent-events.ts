import { rubbish } from "./upstream-error.js";

/** What one event of a stream said; null for a comment, which says only that somebody is there. */
export type ServerSentData = string | null;

/** Characters of one event at most: an image in base64 fits. */
const longestEvent = 16 * 1024 * 1024;

/**
 * The `data` of each event, as soon as the event is whole, however the bytes were cut. Names, ids and retry times are
 * dropped: neither dialect needs them.
 * @throws UPSTREAM_ERROR for an event beyond all bounds
 */
export async function* serverSentData(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentData> {
  let data: string[] = [];
  let length = 0;
  for await (const lines of linesOf(pieces)) {
    for (const line of lines) {
      if (line.startsWith("data:")) {
        data.push(line.slice(line[5] === " " ? 6 : 5));
        length += line.length;
        if (length > longestEvent) throw rubbish();
      } else if (line === "" && data.length > 0) {
        yield data.join("\n");
        data = [];
        length = 0;
      } else if (line.startsWith(":")) yield null;
    }
  }
  // A last event without the empty line behind it is whole where its JSON is.
  if (data.length > 0) yield data.join("\n");
}

/** Whole lines, as many as each piece completes. */
async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  const decoder = new TextDecoder();
  let begun: string[] = [];
  let length = 0;
  for await (const piece of pieces) {
    const text = decoder.decode(piece, { stream: true });
    begun.push(text);
    length += text.length;
    if (length > longestEvent) throw rubbish();
    if (!/[\r\n]/.test(text)) continue;
    const lines = begun.join("").split(/\r\n|\n|\r(?!$)/);
    const rest = lines.pop() ?? "";
    begun = [rest];
    length = rest.length;
    yield lines;
  }
  if (length > 0) yield begun.join("").split(/\r\n|\n|\r/);
}
