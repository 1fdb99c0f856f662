import { isObject, type JsonObject, textOf } from "./chat-shapes.js";
import { copyWithout, isCompared } from "./key-copy.js";
import { createPlaces } from "./key-places.js";
import type { KeySight } from "./key-writings.js";

/** The choices of one stream. */
export interface KeyChoices {
  /**
   * A choice of the next chunk, its texts as far as they are not the key and may leave by now. One that ends gives out
   * what waited.
   */
  pass(choice: JsonObject): JsonObject;
  /** What still waits, within choices that never ended. */
  end(): JsonObject[];
}

export function createKeyChoices(sight: KeySight): KeyChoices {
  const places = createPlaces(sight);
  return {
    pass(choice) {
      const place = places.element(choice);
      const passed = copyWithout(sight, choice, place, "piece") as JsonObject;
      // Only a reason that is not empty ends a choice: some upstreams send `""` until then.
      return textOf(choice.finish_reason) ? (place.end().reduce(joined, passed) as JsonObject) : passed;
    },
    end() {
      const choices = new Map<unknown, JsonObject>();
      for (const waited of places.end().flat().filter(isObject))
        choices.set(waited.index, joined(choices.get(waited.index) ?? { finish_reason: null }, waited) as JsonObject);
      return [...choices.values()];
    },
  };
}

/** Puts a text that waited behind what stands at its place. */
function joined(value: unknown, more: unknown): unknown {
  if (typeof value === "string" && typeof more === "string") return value + more;
  if (Array.isArray(value) && Array.isArray(more)) return [...value, ...more];
  if (!isObject(value) || !isObject(more)) return value || more;
  const entries = Object.entries(more).map(([name, item]) => [
    name,
    isCompared(name) ? (value[name] ?? item) : joined(value[name], item),
  ]);
  return { ...value, ...Object.fromEntries(entries) };
}
