/**
 * A chat completion in OpenAI's shape, which is what the proxy takes and gives. Only what is read here is named;
 * whatever else a request or an answer holds is passed on.
 */
export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly JsonObject[];
  readonly stream?: boolean;
  readonly [parameter: string]: unknown;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export interface TokenUsage {
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
}

/** What has been spent though nobody is shown it. */
export interface Hidden {
  /** Counted so far. */
  readonly usage?: TokenUsage | null;
  /** Of thinking that is left out. */
  readonly thoughtBytes?: number;
}

/** One piece of a stream: an event in OpenAI's shape, or a sign of life that shows nothing. */
export type ChatEvent =
  | { readonly kind: "chunk"; readonly chunk: JsonObject }
  | { readonly kind: "alive"; readonly hidden?: Hidden };

/** One model, as OpenAI lists it. */
export interface ModelEntry {
  readonly id: string;
  readonly object: "model";
  readonly created: number;
  readonly owned_by: string;
  /** The key that listed it: what `x-provider-key-id` takes. */
  readonly provider_key_id?: string;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Its items that are objects; none where it is no array. */
export const objectsOf = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

export const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** A whole number that somebody else counted, as far as the database keeps it; null for anything else. */
export const countOf = (value: unknown): number | null =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 2 ** 31 ? value : null;

/** `usage` of a completion or of the last chunk of a stream. xAI and Google count thinking in the total alone. */
export function usageOf(answer: JsonObject): TokenUsage | null {
  if (!isObject(answer.usage)) return null;
  const { prompt_tokens, completion_tokens, total_tokens } = answer.usage;
  const [input, output, total] = [countOf(prompt_tokens), countOf(completion_tokens), countOf(total_tokens)];
  const rest = input !== null && total !== null && total > input ? total - input : null;
  return { inputTokens: input, outputTokens: rest === null ? output : Math.max(output ?? 0, rest) };
}
