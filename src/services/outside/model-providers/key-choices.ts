import { isObject, type JsonObject, textOf } from "./chat-shapes.js";
import { cleanWhole } from "./key-flow.js";
import { createPlaces, type Place } from "./key-places.js";
import type { KeySight } from "./key-writings.js";
import { rubbish } from "./upstream-error.js";

export const deepestNesting = 100;
const wholeValues = new Set(["finish_reason", "id", "index", "model", "object", "role", "type"]);
/** Whether a property is one that clients compare, rather than show or put together. */
export const isWholeValue = (name: string) => wholeValues.has(name);

/** @param clean makes a copy of a value that comes at once without the key */
export function createKeyChoices(sight: KeySight, clean: (value: unknown) => unknown) {
  const places = createPlaces(sight);
  const tokens = createPlaces(sight);
  const pass = (value: unknown, place: Place, depth: number): unknown => {
    if (typeof value === "string") return place.say(value);
    if (typeof value !== "object" || value === null) return value;
    if (depth === deepestNesting) throw rubbish();
    if (Array.isArray(value)) return value.map((item) => pass(item, place.element(item), depth + 1));
    const passNamed = (name: string, item: unknown) => {
      if (typeof item === "string" && isWholeValue(name)) return cleanWhole(sight, item);
      if (item === null || (typeof item !== "string" && typeof item !== "object")) return item;
      return pass(item, place.property(name, value as JsonObject), depth + 1);
    };
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [cleanWhole(sight, name), passNamed(name, item)]),
    );
  };
  /**
   * A choice of the next chunk, its texts as far as they are not the key and may leave by now. One that ends gives out
   * what waited.
   * @throws UPSTREAM_ERROR for JSON nested beyond all reason, or a stream of ever new places
   */
  return (choice: unknown): unknown => {
    if (!isObject(choice)) return clean(choice);
    const { logprobs } = choice;
    const place = places.element(choice);
    if (typeof logprobs !== "object" || logprobs === null) return ended(pass(choice, place, 0) as JsonObject, place);
    const passed = pass({ ...choice, logprobs: null }, place, 0) as JsonObject;
    const cleaned = clean(logprobs);
    return ended({ ...passed, logprobs: areInnocent(logprobs, tokens.element(choice)) ? cleaned : null }, place);
  };
}

/** Only a reason that is not empty ends a choice: some upstreams send `""` until then. */
const ended = (choice: JsonObject, place: Place): unknown =>
  textOf(choice.finish_reason) ? place.end().reduce(joined, choice) : choice;

/** Puts a text that waited behind what stands at its place. */
function joined(value: unknown, more: unknown): unknown {
  if (typeof value === "string" && typeof more === "string") return value + more;
  if (Array.isArray(value) && Array.isArray(more)) return [...value, ...more];
  if (!isObject(value) || !isObject(more)) return value || more;
  const entries = Object.entries(more).map(([name, item]) => [
    name,
    isWholeValue(name) ? (value[name] ?? item) : joined(value[name], item),
  ]);
  return { ...value, ...Object.fromEntries(entries) };
}

/**
 * Whether log probabilities, behind those that came before, are free of the key and cannot be at its beginning. It is
 * all or nothing: the key stands in them a token at a time, again as bytes, and again among the alternatives.
 */
export function areInnocent(value: unknown, place: Place, isEntry = false): boolean {
  if (typeof value === "string") return place.say(value) === value;
  if (typeof value !== "object" || value === null) return true;
  if (isBytes(value)) return areInnocent(Buffer.from(value).toString("latin1"), place);
  // Entry follows entry; within one, the first alternative follows the first of the entry before.
  const parts = Array.isArray(value)
    ? value.map((item, rank) => areInnocent(item, isEntry ? place.property(`${rank}`) : place, true))
    : Object.entries(value).map(([name, item]) => areInnocent(item, place.property(name), isEntry));
  return parts.every(Boolean);
}

const isBytes = (value: object): value is number[] =>
  Array.isArray(value) && value.length > 0 && value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte < 256);
