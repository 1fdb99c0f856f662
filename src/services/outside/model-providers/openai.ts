import { type ChatEvent, type ChatRequest, isObject, type JsonObject, objectsOf, textOf } from "./chat-shapes.js";
import { serverSentData } from "./server-sent-events.js";
import { cutOff, errorInStream, rubbish } from "./upstream-error.js";

/** The dialect that most providers speak, and the proxy itself: nothing is translated, only looked at. */

export const openaiHeaders = (key: string) => ({ authorization: `Bearer ${key}` });

/** Tokens are counted at the end of a stream where the provider is asked to. */
export function openaiRequest(request: ChatRequest, countsUnasked: boolean): JsonObject {
  if (!request.stream || countsUnasked) return request;
  const asked = isObject(request.stream_options) ? request.stream_options : {};
  return { ...request, stream_options: { ...asked, include_usage: true } };
}

export function openaiAnswer(body: unknown): JsonObject {
  if (isObject(body) && Array.isArray(body.choices)) return body;
  throw isObject(body) && body.error != null ? errorInStream(body) : rubbish();
}

/** @throws UPSTREAM_ERROR where the stream breaks off, reports an error, or is none */
export async function* openaiEvents(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<ChatEvent> {
  const unfinished = new Set<unknown>();
  let hasBegun = false;
  for await (const data of serverSentData(pieces)) {
    if (data === null) {
      yield { kind: "alive" };
      continue;
    }
    if (data.startsWith("[DONE]")) return;
    const chunk = parsed(data);
    if (chunk.error !== undefined && chunk.error !== null) throw errorInStream(chunk);
    for (const { index, finish_reason: finish } of objectsOf(chunk.choices)) {
      hasBegun = true;
      if (textOf(finish)) unfinished.delete(index);
      else unfinished.add(index);
    }
    yield { kind: "chunk", chunk };
  }
  if (!hasBegun) throw rubbish();
  // Not everybody ends with [DONE]; but each choice ends with a reason.
  if (unfinished.size > 0) throw cutOff();
}

export function parsed(data: string): JsonObject {
  try {
    const value: unknown = JSON.parse(data);
    if (isObject(value)) return value;
  } catch {}
  throw rubbish();
}
