import type { GraphQLResolveInfo } from "graphql";
import { expect, it } from "vitest";
import { DomainError } from "../../src/services/errors.js";
import { wellFormedArguments } from "../../src/well-formed.js";

const canary = "canary-3c";

function fieldRefused(args: Record<string, unknown>): unknown {
  try {
    wellFormedArguments(async () => "went on", null, args, null, {} as GraphQLResolveInfo);
    return null;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    expect(error.code).toBe("BAD_USER_INPUT");
    expect(error.message).not.toContain("canary");
    return error.extensions.field;
  }
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = level % 2 ? [value] : { a: value };
  return value;
}

it("lets pass what is well formed, to the character", () => {
  expect(
    fieldRefused({ a: "", b: null, c: undefined, d: "😀 \ud83d\ude00 \u0001 é", e: [1, true, { f: -1e308 }] }),
  ).toBeNull();
  expect(fieldRefused({ input: nested(50) })).toBeNull();
  expect(fieldRefused({ a: "x".repeat(1_048_576) })).toBeNull();
});

it("refuses NUL and lone surrogates wherever they stand, naming the place", () => {
  for (const bad of [`${canary}\0`, `${canary}\ud800`, `\udc00${canary}`, "\ude00\ud83d"]) {
    expect(fieldRefused({ id: bad })).toBe("id");
    expect(fieldRefused({ input: { rows: [{ a: 1 }, { column: bad }] } })).toBe("input.rows.1.column");
    expect(fieldRefused({ input: { answer: { [bad]: 1 } } })).toBe("input.answer");
  }
});

it("refuses what is too long, too deep or no number that can be kept", () => {
  expect(fieldRefused({ input: { text: "x".repeat(1_048_577) } })).toBe("input.text");
  expect(fieldRefused({ input: nested(51) })).toMatch(/^input(\.a|\.0)+$/);
  expect(fieldRefused({ input: { value: Number.POSITIVE_INFINITY } })).toBe("input.value");
  expect(fieldRefused({ input: { value: JSON.parse("1e999") } })).toBe("input.value");
});
