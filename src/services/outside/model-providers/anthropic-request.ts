import { badInput } from "../../errors.js";
import { type ChatRequest, isObject, type JsonObject, objectsOf, textOf } from "./chat-shapes.js";
import { outputTokensUnlessSaid } from "./output-limit.js";

export const anthropicHeaders = (key: string) => ({ "x-api-key": key, "anthropic-version": "2023-06-01" });

/** Anthropic's own parameters, for clients that put them into the request beside OpenAI's. */
const passedOn = ["model", "stream", "top_p", "top_k", "thinking"] as const;

/**
 * A chat completion request as Anthropic's Messages API takes it: system messages in front, tools and their results as
 * blocks, images and PDF files by data or address. What Anthropic has no word for (penalties, seed, logprobs) is left
 * out, as Anthropic's own compatibility layer does.
 * @throws BAD_USER_INPUT with the place of what cannot be said there
 */
export function anthropicRequest(request: ChatRequest): JsonObject {
  if (request.n !== undefined && request.n !== null && request.n !== 1)
    throw badInput("n", "Anthropic answers one choice.");
  if (Array.isArray(request.functions)) throw badInput("functions", "Describe functions in tools.");
  const given = passedOn.flatMap((name) => (request[name] == null ? [] : [[name, request[name]] as const]));
  const system = request.messages.flatMap((message, index) =>
    isSystem(message) ? textBlocks(message.content, `messages.${index}.content`) : [],
  );
  return {
    ...Object.fromEntries(given),
    max_tokens: request.max_completion_tokens ?? request.max_tokens ?? outputTokensUnlessSaid,
    ...(typeof request.temperature === "number" && { temperature: Math.min(1, request.temperature) }),
    ...(request.stop != null && { stop_sequences: [request.stop].flat() }),
    ...(typeof request.user === "string" && { metadata: { user_id: request.user } }),
    ...(system.length > 0 && { system }),
    messages: turns(request.messages),
    ...toolsOf(request),
    ...outputOf(request),
  };
}

const isSystem = ({ role }: JsonObject) => role === "system" || role === "developer";

interface Turn {
  readonly role: "user" | "assistant";
  readonly content: JsonObject[];
}

/** Neighbours of one side become one turn: the results of several tool calls belong into one message. */
function turns(messages: readonly JsonObject[]): Turn[] {
  const all: Turn[] = [];
  for (const [index, message] of messages.entries()) {
    if (isSystem(message)) continue;
    const turn = turnOf(message, `messages.${index}`);
    const last = all.at(-1);
    if (last?.role === turn.role) last.content.push(...turn.content);
    else if (turn.content.length > 0) all.push(turn);
  }
  return all;
}

function turnOf(message: JsonObject, place: string): Turn {
  switch (message.role) {
    case "user":
      return { role: "user", content: userBlocks(message.content, `${place}.content`) };
    case "assistant":
      return {
        role: "assistant",
        content: [...textBlocks(message.content, `${place}.content`), ...toolUses(message, place)],
      };
    case "tool": {
      const content = textBlocks(message.content, `${place}.content`);
      return { role: "user", content: [{ type: "tool_result", tool_use_id: message.tool_call_id, content }] };
    }
    default:
      throw badInput(`${place}.role`, "A role is system, developer, user, assistant or tool.");
  }
}

/** Empty text, which Anthropic refuses, is left out. */
const textBlock = (text: string): JsonObject[] => (text === "" ? [] : [{ type: "text", text }]);

function textBlocks(content: unknown, place: string): JsonObject[] {
  if (content == null) return [];
  if (typeof content === "string") return textBlock(content);
  if (!Array.isArray(content)) throw badInput(place, "Content is a string or a list of parts.");
  return objectsOf(content).flatMap((part, index) => {
    if (part.type === "text") return textBlock(textOf(part.text));
    if (part.type === "refusal") return textBlock(textOf(part.refusal));
    throw badInput(`${place}.${index}.type`, "This part must be text.");
  });
}

function userBlocks(content: unknown, place: string): JsonObject[] {
  if (!Array.isArray(content)) return textBlocks(content, place);
  return objectsOf(content).flatMap((part, index) => {
    if (part.type === "text") return textBlock(textOf(part.text));
    if (part.type === "image_url" && isObject(part.image_url))
      return [{ type: "image", source: sourceOf(textOf(part.image_url.url)) }];
    if (part.type === "file" && isObject(part.file) && textOf(part.file.file_data))
      return [{ type: "document", source: sourceOf(textOf(part.file.file_data)) }];
    throw badInput(`${place}.${index}.type`, "Anthropic takes text, images and PDF files.");
  });
}

function sourceOf(url: string): JsonObject {
  const [, mediaType, data] = /^data:([\w.+-]+\/[\w.+-]+);base64,(.*)$/s.exec(url) ?? [];
  return mediaType ? { type: "base64", media_type: mediaType, data } : { type: "url", url };
}

function toolUses({ tool_calls: calls }: JsonObject, place: string): JsonObject[] {
  return objectsOf(calls).map(({ id, function: called }, index) => {
    const { name, arguments: text } = isObject(called) ? called : {};
    return { type: "tool_use", id, name, input: inputOf(textOf(text), `${place}.tool_calls.${index}`) };
  });
}

function inputOf(text: string, place: string): JsonObject {
  try {
    const input: unknown = JSON.parse(text || "{}");
    if (isObject(input)) return input;
  } catch {}
  throw badInput(`${place}.function.arguments`, "Arguments of a tool call are a JSON object.");
}

const choices: Readonly<Record<string, string>> = { auto: "auto", none: "none", required: "any" };

function toolsOf({ tools, tool_choice: choice, parallel_tool_calls: parallel }: ChatRequest): JsonObject {
  const all = objectsOf(tools).map(({ function: described, ...other }) => {
    if (!isObject(described)) return other;
    const { name, description, parameters, strict } = described;
    const schema = parameters ?? { type: "object", properties: {} };
    return {
      name,
      ...(description != null && { description }),
      input_schema: schema,
      ...(strict === true && { strict }),
    };
  });
  if (all.length === 0) return {};
  const named = isObject(choice) && isObject(choice.function) ? { type: "tool", name: choice.function.name } : null;
  const chosen = named ?? (typeof choice === "string" ? { type: choices[choice] ?? "auto" } : null);
  const alone = parallel === false && chosen?.type !== "none" ? { disable_parallel_tool_use: true } : null;
  if (!chosen && !alone) return { tools: all };
  return { tools: all, tool_choice: { ...(chosen ?? { type: "auto" }), ...alone } };
}

/** A schema for the answer, and how hard to think about it. */
function outputOf({ response_format: format, reasoning_effort: effort }: ChatRequest): JsonObject {
  const wanted = isObject(format) && isObject(format.json_schema) ? format.json_schema.schema : undefined;
  const config = {
    ...(isObject(wanted) && { format: { type: "json_schema", schema: wanted } }),
    ...(typeof effort === "string" && /^(low|medium|high|xhigh)$/.test(effort) && { effort }),
  };
  return Object.keys(config).length > 0 ? { output_config: config } : {};
}
