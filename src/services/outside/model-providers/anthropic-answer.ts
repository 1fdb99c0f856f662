import { type ChatEvent, countOf, isObject, type JsonObject, objectsOf, textOf } from "./chat-shapes.js";
import { parsed } from "./openai.js";
import { serverSentData } from "./server-sent-events.js";
import { cutOff, errorInStream, rubbish } from "./upstream-error.js";

const finishReasons: Readonly<Record<string, string>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  pause_turn: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool_calls",
  refusal: "content_filter",
};
const finishReason = (stopReason: unknown) => finishReasons[textOf(stopReason)] ?? "stop";

/** A message of Anthropic's as a chat completion. Thinking is left out: OpenAI's shape has no place for it. */
export function anthropicAnswer(body: unknown): JsonObject {
  if (!isObject(body) || !Array.isArray(body.content)) throw rubbish();
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
    ...(isObject(body.usage) && { usage: usageOf(body.usage) }),
  };
}

/** What was read from Anthropic's cache or written to it was sent as well. */
function usageOf(usage: JsonObject): JsonObject {
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

/** Anthropic's events as chunks in OpenAI's shape, the last of them with the tokens counted. */
export async function* anthropicEvents(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<ChatEvent> {
  const stream = createTranslation();
  let hasBegun = false;
  for await (const data of serverSentData(pieces)) {
    if (data === null) {
      yield { kind: "alive" };
      continue;
    }
    const event = parsed(data);
    if (event.type === "error") throw errorInStream(event);
    if (event.type === "ping") yield { kind: "alive" };
    hasBegun ||= event.type === "message_start";
    for (const chunk of stream.chunksOf(event)) yield { kind: "chunk", chunk };
    if (event.type === "message_stop") return;
  }
  throw hasBegun ? cutOff() : rubbish();
}

interface ToolCall {
  readonly index: number;
  hasArguments: boolean;
}

function createTranslation() {
  let head: JsonObject = {};
  let usage: JsonObject = {};
  const toolCalls = new Map<unknown, ToolCall>();
  const chunk = (delta: JsonObject, finish: string | null = null): JsonObject => ({
    ...head,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
  });
  const begin = (message: JsonObject) => {
    head = {
      id: message.id,
      object: "chat.completion.chunk",
      created: Math.floor(Date.now() / 1000),
      model: message.model,
    };
    if (isObject(message.usage)) usage = message.usage;
    return [chunk({ role: "assistant", content: "", refusal: null })];
  };
  const beginBlock = (blockIndex: unknown, { type, id, name, text }: JsonObject) => {
    if (type === "text") return textOf(text) ? [chunk({ content: text })] : [];
    if (type !== "tool_use") return [];
    const call: ToolCall = { index: toolCalls.size, hasArguments: false };
    toolCalls.set(blockIndex, call);
    return [chunk({ tool_calls: [{ index: call.index, id, type: "function", function: { name, arguments: "" } }] })];
  };
  const argumentsOf = (call: ToolCall, text: string) => {
    call.hasArguments = true;
    return [chunk({ tool_calls: [{ index: call.index, function: { arguments: text } }] })];
  };
  const continueBlock = (blockIndex: unknown, { type, text, partial_json: json }: JsonObject) => {
    if (type === "text_delta") return [chunk({ content: textOf(text) })];
    const call = toolCalls.get(blockIndex);
    return type === "input_json_delta" && call && textOf(json) ? argumentsOf(call, textOf(json)) : [];
  };
  const end = (delta: JsonObject, counted: unknown) => {
    if (isObject(counted)) usage = { ...usage, ...counted };
    return [chunk({}, finishReason(delta.stop_reason))];
  };
  return {
    chunksOf(event: JsonObject): JsonObject[] {
      const { type, index, message, content_block: block, delta } = event;
      if (type === "message_start" && isObject(message)) return begin(message);
      if (type === "content_block_start" && isObject(block)) return beginBlock(index, block);
      if (type === "content_block_delta" && isObject(delta)) return continueBlock(index, delta);
      if (type === "content_block_stop") {
        const call = toolCalls.get(index);
        // A tool without parameters gets no arguments at all; to OpenAI's clients that is no JSON.
        return call && !call.hasArguments ? argumentsOf(call, "{}") : [];
      }
      if (type === "message_delta" && isObject(delta)) return end(delta, event.usage);
      if (type === "message_stop") return [{ ...head, choices: [], usage: usageOf(usage) }];
      return [];
    },
  };
}
