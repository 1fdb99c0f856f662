import { DatabaseError } from "./port.js";

/** An escape, not an escaped backslash: NUL, or half of a surrogate pair, as JSON.stringify writes them. */
const unstorable = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

/**
 * JSON text that Postgres can store. It has no NUL and no lone surrogates, and would quote everything around one in its
 * log: such text is refused before it leaves this process.
 * @throws DatabaseError CR422
 */
export function storableJson(value: unknown): string {
  const text = JSON.stringify(value);
  if (text.includes("\\u") && unstorable.test(text))
    throw new DatabaseError("CR422", "The text holds a character that cannot be stored.");
  return text;
}
