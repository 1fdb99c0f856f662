import {
  type ChatRequest,
  countOf,
  isObject,
  type JsonObject,
  objectsOf,
} from "./outside/model-providers/chat-shapes.js";
import { outputTokensUnlessSaid } from "./outside/model-providers/output-limit.js";

/** An image, a sound or a file costs by its size as it is seen, not as it is sent. */
const tokensOfMedia = 5_000;
const mostTokens = 2_000_000_000;

/**
 * Tokens to set aside before a call: as many of input as the whole request has bytes, which no tokenizer exceeds, and as
 * many of output as the request allows.
 */
export function tokensToReserve(request: ChatRequest): number {
  const { media, bytes } = weigh(request);
  return Math.min(bytes + media * tokensOfMedia + expectedOutputTokens(request), mostTokens);
}

/** Tokens of output that the request allows. */
export function expectedOutputTokens(request: ChatRequest): number {
  const { max_completion_tokens: newer, max_tokens: older, n, best_of: tries } = request;
  // Of two limits a provider may keep to either.
  const said = Math.max(countOf(newer) ?? 0, countOf(older) ?? 0);
  const choices = Math.max(1, countOf(n) ?? 1, countOf(tries) ?? 1);
  return Math.min((said || outputTokensUnlessSaid) * choices, mostTokens);
}

/** Tokens that the input of a call has cost, as far as one can tell where the provider does not say. */
export function likelyInputTokens(request: ChatRequest): number {
  const { media, bytes } = weigh(request);
  return tokensOfText(bytes) + media * tokensOfMedia;
}

/** Four bytes a token is what tokenizers come to. */
export const tokensOfText = (bytes: number): number => Math.ceil(bytes / 4);

/** Bytes of all that is sent but the data of images, sounds and files; and how many of these there are. */
function weigh(request: ChatRequest): { bytes: number; media: number } {
  const media = request.messages.flatMap(mediaOf);
  const bytes = Buffer.byteLength(JSON.stringify(request));
  return { bytes: media.reduce((rest, part) => rest - bytesOfData(part), bytes), media: media.length };
}

/** Parts of a message that are no text, whether they come as data, by address or by id. */
function mediaOf({ content, audio }: JsonObject): JsonObject[] {
  const parts = objectsOf(content).filter(({ type }) => type !== "text" && type !== "refusal");
  return isObject(audio) ? [...parts, audio] : parts;
}

/** Where parts hold data. Anywhere else it is text that begins like data. */
const places: readonly (readonly [string, string])[] = [
  ["image_url", "url"],
  ["video_url", "url"],
  ["audio_url", "url"],
  ["document_url", "url"],
  ["file", "file_data"],
  ["input_audio", "data"],
];

function bytesOfData(part: JsonObject): number {
  const found = places.map(([name, inner]) => {
    const value = part[name];
    const text = isObject(value) ? value[inner] : value;
    return typeof text === "string" && (isMedia.test(text) || (name === "input_audio" && isBase64.test(text)))
      ? text.length
      : 0;
  });
  return found.reduce((sum, length) => sum + length, 0);
}

/** A text in a file costs by its length, like all text. */
const isMedia =
  /^data:(?:image\/(?!svg)[\w.+-]{1,80}|audio\/[\w.+-]{1,80}|video\/[\w.+-]{1,80}|application\/pdf)(?:;[\w=.-]{1,80}){0,4};base64,[\w+/=-]*$/;
const isBase64 = /^[\w+/=-]*$/;
