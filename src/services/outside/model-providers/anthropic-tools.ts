import { badInput } from "../../errors.js";
import { type ChatRequest, isObject, type JsonObject, textOf } from "./chat-shapes.js";

const choices = new Map([
  ["auto", "auto"],
  ["none", "none"],
  ["required", "any"],
]);
const ownChoices = new Set(["auto", "none", "any", "tool"]);

/**
 * Functions as Anthropic describes them; tools of its own go as they come.
 * @throws BAD_USER_INPUT `tools`, `tools.<index>`, `tool_choice`
 */
export function anthropicTools(request: ChatRequest): JsonObject {
  const { tools: given, tool_choice: choice, parallel_tool_calls: parallel } = request;
  if (given == null) return {};
  if (!Array.isArray(given)) throw badInput("tools", "Tools are a list.");
  const tools = given.map((tool, index) => toolOf(tool, `tools.${index}`));
  if (tools.length === 0) return {};
  const chosen = choice == null ? null : choiceOf(choice);
  const alone = parallel === false && chosen?.type !== "none" ? { disable_parallel_tool_use: true } : null;
  if (!chosen && !alone) return { tools };
  return { tools, tool_choice: { ...(chosen ?? { type: "auto" }), ...alone } };
}

function toolOf(tool: unknown, place: string): JsonObject {
  if (!isObject(tool)) throw badInput(place, "A tool is an object.");
  const { function: described, ...other } = tool;
  if (!isObject(described)) {
    // OpenAI's, whose input is free text, or a function that is described where another API wants it.
    if (isObject(other.custom) || other.type === "function")
      throw badInput(place, "A tool is a function that is described in function, or one of Anthropic's own.");
    return other;
  }
  const { name, description, parameters, strict } = described;
  return {
    name,
    ...(description != null && { description }),
    input_schema: parameters ?? { type: "object", properties: {} },
    ...(strict === true && { strict }),
  };
}

function choiceOf(choice: unknown): JsonObject {
  const type = choices.get(textOf(choice));
  if (type) return { type };
  if (isObject(choice) && isObject(choice.function)) return { type: "tool", name: choice.function.name };
  if (isObject(choice) && ownChoices.has(textOf(choice.type))) return choice;
  throw badInput("tool_choice", "A choice is auto, none, required or one function.");
}
