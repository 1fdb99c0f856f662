import type { JsonObject } from "./chat-shapes.js";
import { areInnocent, createKeyChoices, deepestNesting, isWholeValue } from "./key-choices.js";
import { cleanWhole, createFlow } from "./key-flow.js";
import { createPlaces } from "./key-places.js";
import { createKeySight, type KeySight } from "./key-writings.js";
import { rubbish } from "./upstream-error.js";

/** A key shorter than this ("none", "ollama") is a word like any other. */
const shortestKey = 8;

/** Keeps a key out of whatever an upstream sends back. */
export interface KeyEcho {
  /**
   * A copy of a JSON value without the key, however it is written (`writingsOf`), nor three quarters of it from its
   * beginning, nor more than seven characters where a text ends with its beginning. Reads parsed strings, so that no way
   * of escaping JSON gets past. Log probabilities that spell the key become null.
   * @throws UPSTREAM_ERROR for JSON nested beyond all reason
   */
  clean<Value>(value: Value): Value;
  /**
   * The same for the chunks of one stream, in order, also where the key comes in pieces, at any place of a choice: text
   * that may turn out to be the beginning of the key waits for what follows it, or for the end of its choice.
   * @throws UPSTREAM_ERROR also for a stream of ever new places
   */
  cleanChunk(chunk: JsonObject): JsonObject;
}

export function createKeyEcho(key: string): KeyEcho {
  const sight = key.length < shortestKey ? null : createKeySight(key);
  const clean = <Value>(value: Value) => cleaned(value, sight, "", 0) as Value;
  if (!sight) return { clean, cleanChunk: clean };
  const passChoice = createKeyChoices(sight, clean);
  return {
    clean,
    cleanChunk(chunk) {
      if (!Array.isArray(chunk.choices)) return clean(chunk);
      return { ...clean({ ...chunk, choices: [] }), choices: chunk.choices.map(passChoice) };
    },
  };
}

/** @param name of the property that the value is, or is an item of */
function cleaned(value: unknown, sight: KeySight | null, name: string, depth: number): unknown {
  if (typeof value === "string") return sight ? cleanText(value, sight, name) : value;
  if (typeof value !== "object" || value === null) return value;
  if (depth === deepestNesting) throw rubbish();
  if (Array.isArray(value)) return value.map((item) => cleaned(item, sight, name, depth + 1));
  const entries = Object.entries(value).map(([name, item]) => {
    const copy = cleaned(item, sight, name, depth + 1);
    const isTold = sight && name === "logprobs" && !areInnocent(item, createPlaces(sight));
    return [sight ? cleanWhole(sight, name) : name, isTold ? null : copy];
  });
  return Object.fromEntries(entries);
}

const cleanText = (text: string, sight: KeySight, name: string) =>
  isWholeValue(name) ? cleanWhole(sight, text) : createFlow(sight)(text, true);
