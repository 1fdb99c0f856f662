import { badInput } from "../../errors.js";
import { anthropicTurns, isSystem, textBlocks } from "./anthropic-messages.js";
import { anthropicTools } from "./anthropic-tools.js";
import { type ChatRequest, isObject, type JsonObject } from "./chat-shapes.js";
import { outputTokensUnlessSaid } from "./output-limit.js";

export const anthropicHeaders = (key: string) => ({ "x-api-key": key, "anthropic-version": "2023-06-01" });

/** Anthropic's own parameters, for clients that put them into the request beside OpenAI's. */
const passedOn = ["model", "stream", "top_p", "top_k", "thinking"] as const;
/** What would change the answer, and has no equivalent. */
const refused: Readonly<Record<string, string>> = {
  functions: "Describe functions in tools.",
  function_call: "Say which tool to use in tool_choice.",
  audio: "Anthropic answers in text.",
  web_search_options: "Anthropic searches by a tool of its own.",
};

/** Newer models refuse `top_p` beside `temperature`, and clients send its default along. */
const saysMore = (name: string, value: unknown) => value != null && !(name === "top_p" && value === 1);

/** Defaults of `function_call`, which clients may send along. */
const saysNothing = new Set<unknown>(["auto", "none"]);

/**
 * A chat completion request as Anthropic's Messages API takes it: system messages in front, tools and their results as
 * blocks, images and PDF files by data or address. Hints that Anthropic has no word for (penalties, seed, logprobs, names
 * of speakers) are left out, as Anthropic's own compatibility layer does; what the answer hangs on is refused.
 * @throws BAD_USER_INPUT with the place of what cannot be said there
 */
export function anthropicRequest(request: ChatRequest): JsonObject {
  if (request.n !== undefined && request.n !== null && request.n !== 1)
    throw badInput("n", "Anthropic answers one choice.");
  for (const [name, why] of Object.entries(refused))
    if (request[name] != null && !saysNothing.has(request[name])) throw badInput(name, why);
  const given = passedOn.flatMap((name) => (saysMore(name, request[name]) ? [[name, request[name]] as const] : []));
  const system = request.messages.flatMap((message, index) =>
    isSystem(message) ? textBlocks(message.content, `messages.${index}.content`) : [],
  );
  const stops = [request.stop ?? []].flat().filter((stop) => typeof stop !== "string" || stop.trim() !== "");
  return {
    ...Object.fromEntries(given),
    max_tokens: request.max_completion_tokens ?? request.max_tokens ?? outputTokensUnlessSaid,
    ...(typeof request.temperature === "number" && { temperature: Math.min(1, request.temperature) }),
    // Anthropic refuses those of white space alone.
    ...(stops.length > 0 && { stop_sequences: stops }),
    ...(typeof request.user === "string" && { metadata: { user_id: request.user } }),
    ...(system.length > 0 && { system }),
    messages: anthropicTurns(request.messages),
    ...anthropicTools(request),
    ...outputOf(request),
  };
}

const efforts: Readonly<Record<string, string | null>> = {
  none: null,
  minimal: "low",
  low: "low",
  medium: "medium",
  high: "high",
  xhigh: "xhigh",
  max: "max",
};

/** A schema for the answer, and how hard to think about it. */
function outputOf({ response_format: format, reasoning_effort }: ChatRequest): JsonObject {
  const schema = schemaOf(format);
  const effort = reasoning_effort === "" ? null : reasoning_effort;
  if (effort != null && !Object.hasOwn(efforts, String(effort)))
    throw badInput("reasoning_effort", "An effort is none, minimal, low, medium, high, xhigh or max.");
  const told = effort == null ? null : efforts[String(effort)];
  const config = { ...(schema && { format: { type: "json_schema", schema } }), ...(told && { effort: told }) };
  return Object.keys(config).length > 0 ? { output_config: config } : {};
}

function schemaOf(format: unknown): JsonObject | null {
  // OpenAI takes `json_object` only where the messages ask for JSON, and that Anthropic reads too.
  if (format == null || (isObject(format) && (format.type === "text" || format.type === "json_object"))) return null;
  const schema = isObject(format) && isObject(format.json_schema) ? format.json_schema.schema : null;
  if (isObject(schema)) return schema;
  throw badInput("response_format", "Anthropic answers in JSON by a schema: say it in json_schema.");
}
