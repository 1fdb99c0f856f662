import { badInput } from "./errors.js";
import { type ChatRequest, countOf, isObject } from "./outside/model-providers/chat-shapes.js";

/** What the reservation of tokens rests on: nothing that a lenient provider might read differently. */
const counts = ["max_tokens", "max_completion_tokens", "n", "best_of"] as const;
const mostMessages = 10_000;
const deepestNesting = 100;

/**
 * A request in OpenAI's shape, as far as it has to be understood here; the rest is the provider's to judge.
 * @throws BAD_USER_INPUT `body`, `model`, `messages`, `messages.<index>`, `stream`, `max_tokens`, `max_completion_tokens`, `n`,
 * `best_of`
 */
export function chatRequestOf(body: unknown): ChatRequest {
  if (!isObject(body)) throw badInput("body", "The body must be a JSON object.");
  const { model, messages, stream } = body;
  if (typeof model !== "string" || !isName.test(model))
    throw badInput("model", "A model is named by 1 to 200 visible ASCII characters.");
  if (!Array.isArray(messages) || messages.length === 0)
    throw badInput("messages", "Messages are a list of at least one.");
  if (messages.length > mostMessages) throw badInput("messages", `There may be ${mostMessages} messages at most.`);
  const odd = messages.findIndex((message) => !isObject(message) || typeof message.role !== "string");
  if (odd !== -1) throw badInput(`messages.${odd}`, "A message is an object with a role.");
  if (!isNestedWithin(body, deepestNesting))
    throw badInput("body", `JSON may be nested ${deepestNesting} deep at most.`);
  for (const name of counts)
    if (body[name] != null && !countOf(body[name])) throw badInput(name, "This must be a whole number above 0.");
  if (stream != null && typeof stream !== "boolean") throw badInput("stream", "This must be true or false.");
  return body as ChatRequest;
}

/** Level by level, since a body of brackets alone would overflow whatever recurses. */
function isNestedWithin(value: object, levels: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; depth < levels && level.length > 0; depth++)
    level = level.flatMap((item) =>
      Object.values(item as object).filter((one) => typeof one === "object" && one !== null),
    );
  return level.length === 0;
}

/** As the database has it. */
const isName = /^[\x21-\x7e]{1,200}$/;
