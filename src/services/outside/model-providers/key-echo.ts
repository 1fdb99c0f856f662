import { isObject, type JsonObject } from "./chat-shapes.js";
import { createKeyChoices } from "./key-choices.js";
import { copyWithout } from "./key-copy.js";
import { createPlaces } from "./key-places.js";
import { createKeySight, nothingToSee } from "./key-writings.js";

/** A key shorter than this ("none", "ollama") is a word like any other. */
const shortestKey = 8;

/** Keeps a key out of whatever an upstream sends back. */
export interface KeyEcho {
  /**
   * A copy of a JSON value without the key, however it is written (`writingsOf`), nor three quarters of it from its
   * beginning, nor more than seven characters or its public prefix where a text ends with its beginning, also where it
   * comes in pieces, one item of a list after another. Reads parsed strings, so that no way of escaping JSON gets past.
   * Log probabilities that spell so much of the key become null, and so do numbers and lists of bytes that are it.
   * @throws UPSTREAM_ERROR for JSON nested beyond all reason, or of ever new places
   */
  clean<Value>(value: Value): Value;
  /**
   * The same for the chunks of one stream, in order, also where the key comes in pieces at any place. Within a choice text
   * that may turn out to be the beginning of the key waits for what follows it, or for the end of its choice. Anywhere
   * else values come whole and again and again, and nothing waits.
   */
  cleanChunk(chunk: JsonObject): JsonObject;
  /** At the end of the stream: a last chunk with what waited in choices that did not end; null where nothing did. */
  end(): JsonObject | null;
}

export function createKeyEcho(key: string): KeyEcho {
  const sight = key.length < shortestKey ? nothingToSee : createKeySight(key);
  const places = createPlaces(sight);
  const choices = createKeyChoices(sight);
  let last: JsonObject = {};
  const copyChoice = (choice: unknown) =>
    isObject(choice) ? choices.pass(choice) : copyWithout(sight, choice, places.element(choice), "whole");
  return {
    clean: <Value>(value: Value) => copyWithout(sight, value, createPlaces(sight), "whole") as Value,
    cleanChunk(chunk) {
      const given = Array.isArray(chunk.choices) ? chunk.choices : null;
      const copy = copyWithout(sight, given ? { ...chunk, choices: [] } : chunk, places, "whole") as JsonObject;
      last = copy;
      return given ? { ...copy, choices: given.map(copyChoice) } : copy;
    },
    end() {
      const waited = choices.end();
      const head = Object.entries(last).filter(([name]) => headNames.has(name));
      return waited.length > 0 ? { ...Object.fromEntries(head), choices: waited } : null;
    },
  };
}

/** What every chunk of a stream says. */
const headNames = new Set(["id", "object", "created", "model"]);
