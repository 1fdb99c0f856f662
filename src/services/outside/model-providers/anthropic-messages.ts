import { badInput } from "../../errors.js";
import { isObject, type JsonObject, textOf } from "./chat-shapes.js";

interface Turn {
  readonly role: "user" | "assistant";
  readonly content: JsonObject[];
}

export const isSystem = ({ role }: JsonObject) => role === "system" || role === "developer";

/**
 * All but the system's messages. Neighbours of one side become one turn: the results of several tool calls belong into one
 * message.
 * @throws BAD_USER_INPUT `messages` where nobody says anything, else the place of what cannot be said
 */
export function anthropicTurns(messages: readonly JsonObject[]): Turn[] {
  const all: Turn[] = [];
  for (const [index, message] of messages.entries()) {
    if (isSystem(message)) continue;
    const turn = turnOf(message, `messages.${index}`);
    const last = all.at(-1);
    if (last?.role === turn.role) last.content.push(...turn.content);
    else if (turn.content.length > 0) all.push(turn);
  }
  if (all.length === 0)
    throw badInput("messages", "Anthropic answers to what a user or assistant says: say something.");
  return all;
}

function turnOf(message: JsonObject, place: string): Turn {
  const { role, content } = message;
  switch (role) {
    case "user":
      return { role, content: partsOf(content, `${place}.content`, userBlocks) };
    case "assistant":
      return { role, content: assistantBlocks(message, place) };
    case "tool": {
      const result = textBlocks(content, `${place}.content`);
      return {
        role: "user",
        content: [{ type: "tool_result", tool_use_id: message.tool_call_id, content: result }],
      };
    }
    default:
      throw badInput(`${place}.role`, "A role is system, developer, user, assistant or tool.");
  }
}

function assistantBlocks({ content, refusal, function_call, audio, tool_calls }: JsonObject, place: string) {
  if (function_call != null) throw badInput(`${place}.function_call`, "Say calls of functions in tool_calls.");
  if (audio != null && !content) throw badInput(`${place}.audio`, "Anthropic takes no audio: say it in content.");
  return [
    ...textBlocks(content, `${place}.content`),
    ...textBlock(textOf(refusal)),
    ...toolUses(tool_calls, `${place}.tool_calls`),
  ];
}

/** Empty text, which Anthropic refuses, is left out. */
const textBlock = (text: string): JsonObject[] => (text === "" ? [] : [{ type: "text", text }]);

export const textBlocks = (content: unknown, place: string): JsonObject[] => partsOf(content, place, textPart);

type ReadPart = (part: JsonObject, place: string) => JsonObject[];

function partsOf(content: unknown, place: string, read: ReadPart): JsonObject[] {
  if (content == null) return [];
  if (typeof content === "string") return textBlock(content);
  if (!Array.isArray(content)) throw badInput(place, "Content is a string or a list of parts.");
  return content.flatMap((part: unknown, index) => {
    if (typeof part === "string") return textBlock(part);
    if (!isObject(part)) throw badInput(`${place}.${index}`, "A part is an object with a type, or a string.");
    return read(part, `${place}.${index}`);
  });
}

function textPart({ type, text, refusal }: JsonObject, place: string): JsonObject[] {
  if (type === "text") return textBlock(textOf(text));
  if (type === "refusal") return textBlock(textOf(refusal));
  throw badInput(`${place}.type`, "This part must be text.");
}

function userBlocks({ type, text, image_url: image, file }: JsonObject, place: string): JsonObject[] {
  if (type === "text") return textBlock(textOf(text));
  if (type === "image_url" && isObject(image))
    return [{ type: "image", source: sourceOf(textOf(image.url), /^image\//, `${place}.image_url.url`) }];
  if (type === "file" && isObject(file) && textOf(file.file_data)) {
    const source = sourceOf(textOf(file.file_data), /^application\/pdf$/, `${place}.file.file_data`);
    return [{ type: "document", source }];
  }
  throw badInput(`${place}.type`, "Anthropic takes text, images and PDF files.");
}

function sourceOf(url: string, mediaTypes: RegExp, place: string): JsonObject {
  if (/^https?:\/\//i.test(url)) return { type: "url", url };
  const [, type = "", data] = /^data:([\w.+-]+\/[\w.+-]+)(?:;[^;,]+)*;base64,(.*)$/is.exec(url) ?? [];
  const mediaType = type.toLowerCase();
  if (!mediaTypes.test(mediaType))
    throw badInput(place, "Anthropic takes an image or a PDF file as a data: URL in base64, or by its address.");
  return { type: "base64", media_type: mediaType, data };
}

function toolUses(calls: unknown, place: string): JsonObject[] {
  if (calls == null) return [];
  if (!Array.isArray(calls)) throw badInput(place, "Calls of tools are a list.");
  return calls.map((call: unknown, index) => {
    const { id, function: called } = isObject(call) ? call : {};
    if (!isObject(called)) throw badInput(`${place}.${index}`, "Only functions can have been called.");
    return { type: "tool_use", id, name: called.name, input: inputOf(textOf(called.arguments), `${place}.${index}`) };
  });
}

function inputOf(text: string, place: string): JsonObject {
  try {
    const input: unknown = JSON.parse(text || "{}");
    if (isObject(input)) return input;
  } catch {}
  throw badInput(`${place}.function.arguments`, "Arguments of a tool call are a JSON object.");
}
