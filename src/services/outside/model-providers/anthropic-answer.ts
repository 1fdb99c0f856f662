import { countOf, isObject, type JsonObject, objectsOf, textOf } from "./chat-shapes.js";
import { errorInStream, rubbish } from "./upstream-error.js";

const finishReasons: Readonly<Record<string, string>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  pause_turn: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool_calls",
  refusal: "content_filter",
};
export const finishReason = (stopReason: unknown) => finishReasons[textOf(stopReason)] ?? "stop";

/** A message of Anthropic's as a chat completion. Thinking is left out: OpenAI's shape has no place for it. */
export function anthropicAnswer(body: unknown): JsonObject {
  if (!isObject(body) || !Array.isArray(body.content))
    throw isObject(body) && body.error != null ? errorInStream(body) : rubbish();
  const blocks = objectsOf(body.content);
  const text = blocks.flatMap(({ type, text }) => (type === "text" ? textOf(text) : [])).join("");
  const calls = blocks
    .filter(({ type }) => type === "tool_use")
    .map(({ id, name, input }) => ({
      id,
      type: "function",
      function: { name, arguments: JSON.stringify(input ?? {}) },
    }));
  const message = {
    role: "assistant",
    content: text || (calls.length > 0 ? null : ""),
    refusal: null,
    ...(calls.length > 0 && { tool_calls: calls }),
  };
  return {
    id: body.id,
    object: "chat.completion",
    created: Math.floor(Date.now() / 1000),
    model: body.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason(body.stop_reason) }],
    ...(isObject(body.usage) && { usage: anthropicUsage(body.usage) }),
  };
}

/** What was read from Anthropic's cache or written to it was sent as well. */
export function anthropicUsage(usage: JsonObject): JsonObject {
  const cached = countOf(usage.cache_read_input_tokens) ?? 0;
  const input = (countOf(usage.input_tokens) ?? 0) + (countOf(usage.cache_creation_input_tokens) ?? 0) + cached;
  const output = countOf(usage.output_tokens) ?? 0;
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached },
  };
}
