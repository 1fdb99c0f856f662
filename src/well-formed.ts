import type { GraphQLResolveInfo } from "graphql";
import { badInput } from "./services/errors.js";

declare global {
  interface String {
    /** Node 20 has it, the ES2023 library types do not. */
    isWellFormed(): boolean;
  }
}

const longestString = 1_048_576;
const deepestNesting = 50;

/**
 * Keeps out of every resolver what the database could not keep to the character or would stumble over: NUL, lone
 * surrogates (stored as U+FFFD), numbers beyond a double, strings over 1 MiB, JSON nested deeper than 50.
 * BAD_USER_INPUT names the place, never the value.
 */
export function wellFormedArguments(
  resolve: (parent: unknown, args: Arguments, context: unknown, info: GraphQLResolveInfo) => Promise<unknown>,
  parent: unknown,
  args: Arguments,
  context: unknown,
  info: GraphQLResolveInfo,
): Promise<unknown> {
  for (const name in args) checkValue(args[name], name, 0);
  return resolve(parent, args, context, info);
}

type Arguments = Readonly<Record<string, unknown>>;

function checkValue(value: unknown, place: string, depth: number): void {
  if (typeof value === "string") checkString(value, place);
  else if (typeof value === "number") checkNumber(value, place);
  else if (typeof value === "object" && value !== null) checkNested(value, place, depth);
}

function checkNested(value: object, place: string, depth: number): void {
  if (depth === deepestNesting) throw badInput(place, `JSON may be nested ${deepestNesting} deep at most.`);
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) checkValue(value[index], `${place}.${index}`, depth + 1);
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    checkString(key, place);
    checkValue(item, `${place}.${key}`, depth + 1);
  }
}

function checkString(text: string, place: string): void {
  if (text.length > longestString) throw badInput(place, "A string may hold one MiB at most.");
  if (!text.isWellFormed() || text.includes("\0"))
    throw badInput(place, "A string may hold neither NUL nor half a surrogate pair.");
}

function checkNumber(value: number, place: string): void {
  if (!Number.isFinite(value)) throw badInput(place, "This number is too large.");
}
