/** Keys under which users' own JSON stands: what is below them is handed on untouched, whatever its keys look like. */
const opaque = new Set(["values", "value", "details", "progress", "options", "answers", "traits", "payload", "cells"]);
const camelKeys = new Map<string, string>();
const snakeKeys = new Map<string, string>();

/** A result with its keys in camelCase, all the way down but for opaque ones. */
export function camelCased(result: unknown): unknown {
  if (Array.isArray(result)) return result.map(camelCased);
  if (typeof result !== "object" || result === null) return result;
  const renamed: Record<string, unknown> = {};
  // Parsed JSON has no inherited keys, and Object.entries would make an array of each pair.
  for (const key in result) {
    const value = (result as Record<string, unknown>)[key];
    renamed[camelKey(key)] = typeof value !== "object" || value === null || opaque.has(key) ? value : camelCased(value);
  }
  return renamed;
}

/** Arguments with the names in snake_case; what they hold is the functions' business. */
export function snakeCasedArguments(args: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(args).map(([key, value]) => [snakeKey(key), value]));
}

function camelKey(key: string): string {
  return remembered(camelKeys, key, () =>
    key.replace(/(?<=.)_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
  );
}

function snakeKey(key: string): string {
  return remembered(snakeKeys, key, () => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
}

/** The names are those of our own functions and columns, and so few; the bound is for whatever slips by. */
function remembered(cache: Map<string, string>, key: string, make: () => string): string {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = make();
  if (cache.size < 2000) cache.set(key, made);
  return made;
}
