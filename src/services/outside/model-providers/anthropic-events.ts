import { anthropicUsage, finishReason } from "./anthropic-answer.js";
import { type ChatEvent, countOf, type Hidden, isObject, type JsonObject, textOf, usageOf } from "./chat-shapes.js";
import { parsed } from "./openai.js";
import { serverSentData } from "./server-sent-events.js";
import { cutOff, errorInStream, rubbish } from "./upstream-error.js";

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
    const hidden = hiddenIn(event);
    if (hidden) yield { kind: "alive", hidden };
    for (const chunk of stream.chunksOf(event)) yield { kind: "chunk", chunk };
    if (event.type === "message_stop") return;
  }
  throw hasBegun ? cutOff() : rubbish();
}

/** Tokens of the input, which are counted at the beginning, and thinking, whose blocks become no chunks. */
function hiddenIn({ type, message, delta, content_block: block }: JsonObject): Hidden | null {
  if (type === "message_start" && isObject(message) && isObject(message.usage))
    return { usage: usageOf({ usage: anthropicUsage(message.usage) }) };
  const thought = isObject(delta)
    ? textOf(delta.thinking)
    : isObject(block)
      ? textOf(block.thinking ?? block.data)
      : "";
  return thought ? { thoughtBytes: Buffer.byteLength(thought) } : null;
}

/** Counts above zero: some servers know the input at the beginning alone, and say zero or null at the end. */
const countsIn = (usage: unknown): JsonObject =>
  isObject(usage) ? Object.fromEntries(Object.entries(usage).filter(([, count]) => countOf(count))) : {};

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
    usage = { ...usage, ...countsIn(counted) };
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
      if (type === "message_stop") return [{ ...head, choices: [], usage: anthropicUsage(usage) }];
      return [];
    },
  };
}
