import { expect, test } from "vitest";
import { camelCased, snakeCasedArguments } from "../../src/database/casing.js";

test("keys of rows, nested rows and lists of rows become camelCase", () => {
  expect(camelCased([{ user_id: 1, last_used_at: null, head: { audit_head_hash: ["as_is"] }, p2p_id: 2 }])).toEqual([
    { userId: 1, lastUsedAt: null, head: { auditHeadHash: ["as_is"] }, p2pId: 2 },
  ]);
  expect(camelCased([])).toEqual([]);
});

test.each(["values", "value", "details", "progress", "options", "answers", "traits", "payload", "cells"])(
  "what users keep under %s is handed on untouched",
  (key) => {
    const content = { some_key: { inner_key: 1 }, list: [{ other_key: 2 }] };
    expect(camelCased({ row_id: 1, [key]: content })).toEqual({ rowId: 1, [key]: content });
  },
);

test("scalars and null are handed on", () => {
  for (const value of [null, "snake_case", 1, true]) expect(camelCased(value)).toBe(value);
});

test("the names of arguments become snake_case and what they hold does not", () => {
  expect(snakeCasedArguments({ tableId: 1, rows: [{ firstName: 1 }], userAgent: undefined })).toEqual({
    table_id: 1,
    rows: [{ firstName: 1 }],
    user_agent: undefined,
  });
});

test("a key named __proto__ stays a key", () => {
  const result = camelCased(JSON.parse('{"__proto__": {"is_admin": true}}')) as Record<string, unknown>;
  expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
  expect((result as { isAdmin?: boolean }).isAdmin).toBeUndefined();
});
