import type { Readable } from "node:stream";

export interface ForwardedBody {
  readonly content: Buffer | AsyncIterable<Uint8Array> | null;
  readonly isReplayable: boolean;
}

/** A body up to here can be sent again with another token. */
const largestReplay = 1024 * 1024;

/**
 * A body as it goes to the service: a small one once it is whole, so that it can be sent again, and with its length, which
 * some services want; of a larger one no more than that is ever in memory.
 */
export async function replayable(body: Readable | null): Promise<ForwardedBody> {
  if (!body) return { content: null, isReplayable: true };
  const pieces: Buffer[] = [];
  const rest = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  for (let size = 0; size <= largestReplay; ) {
    const { done, value } = await rest.next();
    if (done) return { content: Buffer.concat(pieces), isReplayable: true };
    pieces.push(value);
    size += value.length;
  }
  return { content: followedBy(pieces, rest), isReplayable: false };
}

async function* followedBy(pieces: Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Uint8Array> {
  for (let piece = pieces.shift(); piece; piece = pieces.shift()) yield piece;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}
