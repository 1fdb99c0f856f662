import { type ChatRequest, countOf, objectsOf } from "./outside/model-providers/chat-shapes.js";

/** What an answer may cost where nobody limits it. */
const outputTokensUnlessSaid = 4_096;
/** An image or a file costs by its size as it is seen, not as it is sent. */
const tokensOfData = 5_000;

/**
 * Tokens to set aside before a call: as many of input as its text has bytes, which no tokenizer exceeds, and as many of
 * output as the request allows.
 */
export function tokensToReserve(request: ChatRequest): number {
  const { data, bytes } = weigh(request);
  return Math.min(bytes + data * tokensOfData + expectedOutputTokens(request), 2_000_000_000);
}

/** Tokens of output that the request allows. */
export function expectedOutputTokens(request: ChatRequest): number {
  // Of two limits a provider may keep to either.
  const said = Math.max(countOf(request.max_completion_tokens) ?? 0, countOf(request.max_tokens) ?? 0);
  return Math.min((said || outputTokensUnlessSaid) * Math.max(1, countOf(request.n) ?? 1), 2_000_000_000);
}

/** Tokens that the input of a call has cost, as far as one can tell where the provider does not say. */
export function likelyInputTokens(request: ChatRequest): number {
  const { data, bytes } = weigh(request);
  return tokensOfText(bytes) + data * tokensOfData;
}

/** Four bytes a token is what tokenizers come to. */
export const tokensOfText = (bytes: number): number => Math.ceil(bytes / 4);

/** Bytes of all that the model reads, and how many images and files there are. */
function weigh({ messages, tools, response_format: format }: ChatRequest): { bytes: number; data: number } {
  let data = 0;
  const text = JSON.stringify([messages, objectsOf(tools), format ?? null], (_name, value: unknown) => {
    if (typeof value !== "string" || !value.startsWith("data:")) return value;
    data += 1;
    return "";
  });
  return { bytes: Buffer.byteLength(text), data };
}
