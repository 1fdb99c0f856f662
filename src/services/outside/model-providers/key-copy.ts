import type { JsonObject } from "./chat-shapes.js";
import { cleanWhole } from "./key-flow.js";
import type { Place } from "./key-places.js";
import type { KeySight } from "./key-writings.js";
import { rubbish } from "./upstream-error.js";

const deepestNesting = 100;
const comparedValues = new Set(["finish_reason", "id", "index", "model", "object", "role", "type"]);
/** Whether a property is one that clients compare, rather than show or put together. */
export const isCompared = (name: string) => comparedValues.has(name);

/**
 * A copy of a JSON value without the key, read behind what came before at the same places. Lists of bytes, numbers and log
 * probabilities that are the key become null.
 * @param coming how its texts come, but for those that clients compare
 * @throws UPSTREAM_ERROR for JSON nested beyond all reason, or ever new places
 */
export function copyWithout(sight: KeySight, value: unknown, place: Place, coming: "piece" | "whole"): unknown {
  return copied({ sight, place, coming, name: "", depth: 0 }, value);
}

interface Where {
  readonly sight: KeySight;
  readonly place: Place;
  readonly coming: "piece" | "whole";
  /** Of the property that the value is, or is an item of. */
  readonly name: string;
  readonly depth: number;
}

function copied(where: Where, value: unknown): unknown {
  const { sight, place, coming, name } = where;
  if (typeof value === "string") return place.say(value, isCompared(name) ? "compared" : coming);
  if (typeof value === "number") return sight.isNumber(value) ? null : value;
  if (typeof value !== "object" || value === null) return value;
  const depth = where.depth + 1;
  if (depth > deepestNesting) throw rubbish();
  if (Array.isArray(value)) {
    const text = textOfBytes(value);
    if (text !== null) return place.say(text, "whole") === text ? value : null;
    return value.map((item) => copied({ ...where, place: place.element(item), depth }, item));
  }
  const entries = Object.entries(value).map(([name, item]) => {
    const there = hasPlace(item) ? place.property(name, value as JsonObject) : place;
    const isSpelling = name === "logprobs" && typeof item === "object";
    const copy = copied({ sight, place: there, coming: isSpelling ? "whole" : coming, name, depth }, item);
    return [cleanWhole(sight, name), isSpelling && !areInnocent(item, there.aside()) ? null : copy];
  });
  return Object.fromEntries(entries);
}

const hasPlace = (value: unknown) => typeof value === "string" || (typeof value === "object" && value !== null);

/**
 * Whether log probabilities, behind those that came before, spell no more of the key than any text may end with. It is all
 * or nothing: the key stands in them a token at a time, again as bytes, and again among the alternatives. So each token is
 * read as if the text ended with it; with less a list of numbers would lose them, since keys have numbers too.
 */
function areInnocent(value: unknown, place: Place, isEntry = false): boolean {
  if (typeof value === "string") return place.say(value, "whole") === value;
  if (typeof value !== "object" || value === null) return true;
  // Entry follows entry; within one, the first alternative follows the first of the entry before.
  if (!Array.isArray(value))
    return Object.entries(value)
      .map(([name, item]) => areInnocent(item, place.property(name), isEntry))
      .every(Boolean);
  const text = textOfBytes(value);
  if (text !== null) return areInnocent(text, place);
  return value.map((item, rank) => areInnocent(item, isEntry ? place.property(`${rank}`) : place, true)).every(Boolean);
}

/** What a list of bytes says; null for any other. */
function textOfBytes(list: readonly unknown[]): string | null {
  const areBytes =
    list.length > 0 && list.every((byte) => Number.isInteger(byte) && Number(byte) >= 0 && Number(byte) < 256);
  return areBytes ? Buffer.from(list as number[]).toString("latin1") : null;
}
