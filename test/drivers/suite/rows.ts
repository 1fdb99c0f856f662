import { expect, it } from "vitest";
import type { DataRow } from "../../../src/database/contract.generated.js";
import type { Suite } from "../support/contract.js";
import { nobodysId, notFound } from "../support/stage.js";

/** One column of each type: what is given, and what is answered where the two differ. */
const typesAndValues: ReadonlyArray<readonly [type: string, given: unknown, answered?: unknown]> = [
  ["TEXT", ""],
  ["LONG_TEXT", 'Ünï ☃ 🔐 "quoted" \\ back\\u0041 \t\n\r \u200b end '],
  ["NUMBER", 9007199254740991],
  ["CURRENCY", "9007199254740993"],
  ["PERCENT", 50.5],
  ["BOOLEAN", false],
  ["DATE", "2026-02-28"],
  ["DATETIME", "2026-02-28T23:59:59.123+02:00", "2026-02-28T21:59:59.123Z"],
  ["EMAIL", " anna@example.com ", "anna@example.com"],
  ["PHONE", "+1 (415) 555-2671", "+14155552671"],
  ["URL", "https://example.com/a_b?c=d#e"],
  ["SELECT", "snake_case"],
  ["MULTI_SELECT", ["snake_case", "two"]],
  ["JSON", { snake_key: { innerKey: [1, null, "x"] }, camelKey: "", "dotted.key": { "": 0 } }],
];
const everyType = typesAndValues.map(([type, given, answered = given]) => ({ type, given, answered }));
const options = ["snake_case", "two"];
const optionsOf = (type: string) => (type.endsWith("SELECT") ? { options } : {});
const columns = everyType.map(({ type }) => ({ name: type, type, ...optionsOf(type) }));

/** JSON values that a driver may take for something else than they are. */
const trickyValues: readonly unknown[] = [
  "null",
  "true",
  "123",
  "1e3",
  '"quoted"',
  '{"a":1}',
  "[1,2]",
  "{not json",
  " ",
  "(1,2)",
  "{a,b}",
  "\\x41",
  0,
  -0.1,
  1.5e-7,
  1e21,
  true,
  [],
  {},
  [[["deep"]]],
  { __proto__x: 1, constructor: 2, a_b: { c_d: [{ e_f: null }] } },
];

export const rows: Suite = (stage) => {
  const valuesOf = (row: DataRow | undefined) => Object.values((row?.values ?? {}) as Record<string, unknown>);

  it.each(everyType)("keeps a $type as the contract says", async ({ type, given, answered }) => {
    const { member } = stage();
    const { id: tableId, ids } = await stage().tableOf([{ name: "c", type, ...optionsOf(type) }]);
    const added = await stage().call("add_rows", { tableId, rows: [{ [ids.c ?? ""]: given }] }, member.caller);
    expect(added.map(({ values }) => values)).toEqual([{ [ids.c ?? ""]: answered }]);
    expect(await stage().call("rows", { tableIds: [tableId] }, member.caller)).toEqual(added);
  });

  it("keeps JSON values as they are, whatever they look like", async () => {
    const { member } = stage();
    const { id: tableId, ids } = await stage().tableOf([{ name: "c", type: "JSON" }]);
    const given = trickyValues.map((value) => ({ [ids.c ?? ""]: value }));
    const added = await stage().call("add_rows", { tableId, rows: given }, member.caller);
    expect(added.flatMap(valuesOf)).toEqual(trickyValues);
    const first = { id: added[0]?.id ?? "", values: { [ids.c ?? ""]: '{"a":1}' } };
    expect(valuesOf(await stage().call("update_row", first, member.caller))).toEqual(['{"a":1}']);
  });

  it("keeps numbers beyond a double as texts, to the last digit", async () => {
    const { member } = stage();
    const { id: tableId, ids } = await stage().tableOf([{ name: "c", type: "NUMBER" }]);
    const numbers = [
      "9007199254740993",
      "-0.1000000000000000055511151231257827",
      "123456789012345678901234567890.5",
      "0.1",
    ];
    const given = numbers.map((number) => ({ [ids.c ?? ""]: number }));
    const added = await stage().call("add_rows", { tableId, rows: given }, member.caller);
    expect(added.flatMap(valuesOf)).toEqual([...numbers.slice(0, 3), 0.1]);
  });

  it.each([
    ["NUMBER", "canary"],
    ["NUMBER", true],
    ["BOOLEAN", "true"],
    ["DATE", "2026-02-30"],
    ["DATETIME", "2026-02-28"],
    ["EMAIL", "canary"],
    ["PHONE", "canary"],
    ["URL", "javascript:canary"],
    ["SELECT", "canary"],
    ["MULTI_SELECT", ["two", "two"]],
    ["TEXT", { canary: 1 }],
  ])("refuses for a %s the value %j by its column, without a word of it", async (type, value) => {
    const { member } = stage();
    const { id: tableId, ids } = await stage().tableOf([{ name: "c", type, ...optionsOf(type) }]);
    const refused = stage().call("add_rows", { tableId, rows: [{}, { [ids.c ?? ""]: value }] }, member.caller);
    const refusal = await stage().refusal(refused);
    expect(refusal).toMatchObject({ sqlState: "CR422", detail: `input.rows.1.${ids.c}` });
    expect(refusal.message).not.toContain("canary");
    expect(await stage().call("rows", { tableIds: [tableId] }, member.caller)).toEqual([]);
  });

  it("refuses what is no list of rows, a column that is none and an empty required cell", async () => {
    const { member } = stage();
    const { id: tableId, ids } = await stage().tableOf([{ name: "c", type: "TEXT", required: true }]);
    const details = [];
    for (const given of [{}, ["x"], [{ none: 1 }], [{}], [{ [ids.c ?? ""]: null }]]) {
      const refusal = await stage().refusal(stage().call("add_rows", { tableId, rows: given }, member.caller));
      details.push([refusal.sqlState, refusal.detail?.replace(ids.c ?? "", "<c>")]);
    }
    expect(details).toEqual([
      ["CR422", "input.rows"],
      ["CR422", "input.rows.0"],
      ["CR422", "input.rows.0"],
      ["CR422", "input.rows.0.<c>"],
      ["CR422", "input.rows.0.<c>"],
    ]);
    const many = Array.from({ length: 1001 }, () => ({ [ids.c ?? ""]: "x" }));
    const refusal = await stage().refusal(stage().call("add_rows", { tableId, rows: many }, member.caller));
    expect(refusal).toMatchObject({ sqlState: "CR422", detail: "input.rows" });
    expect(await stage().call("add_rows", { tableId, rows: [] }, member.caller)).toEqual([]);
  });

  it("writes given cells, clears null ones, leaves the others, and counts versions", async () => {
    const { member } = stage();
    const { id: tableId, ids } = await stage().tableOf(columns);
    const cell = (name: string) => ids[name] ?? "";
    const given = { [cell("TEXT")]: "a", [cell("NUMBER")]: 1, [cell("JSON")]: { a_b: 1 } };
    const [row] = await stage().call("add_rows", { tableId, rows: [given] }, member.caller);
    const id = row?.id ?? "";
    expect(row?.version).toBe(1);
    const values = { [cell("TEXT")]: "", [cell("NUMBER")]: null };
    const changed = await stage().call("update_row", { id, values, expectedVersion: 1 }, member.caller);
    expect(changed).toMatchObject({ id, version: 2, values: { [cell("TEXT")]: "", [cell("JSON")]: { a_b: 1 } } });
    expect(Object.keys(changed.values as object)).not.toContain(cell("NUMBER"));
    const behind = stage().call("update_row", { id, values, expectedVersion: 1 }, member.caller);
    expect(await stage().refusal(behind)).toMatchObject({ sqlState: "CR409", detail: "input.expectedVersion" });
    const anyVersion = await stage().call("update_row", { id, values: {}, expectedVersion: null }, member.caller);
    expect(anyVersion.version).toBe(3);
    const wrong = stage().call("update_row", { id, values: { [cell("NUMBER")]: "x" } }, member.caller);
    expect(await stage().refusal(wrong)).toMatchObject({ sqlState: "CR422", detail: `input.values.${cell("NUMBER")}` });
  });

  it("pages rows in order, and comes with one more than asked for where there are more", async () => {
    const { viewer, owner } = stage();
    const { id: tableId, ids } = await stage().tableOf([{ name: "n", type: "NUMBER" }]);
    const given = Array.from({ length: 5 }, (_, n) => ({ [ids.n ?? ""]: n }));
    await stage().call("add_rows", { tableId, rows: given }, owner.caller);
    const page = async (first: number, after: number | null) =>
      stage().call("rows", { tableIds: [tableId], first, after }, viewer.caller);
    const start = await page(2, null);
    expect(start.flatMap(valuesOf)).toEqual([0, 1, 2]);
    expect((await page(2, start[1]?.sequence ?? 0)).flatMap(valuesOf)).toEqual([2, 3, 4]);
    expect((await page(2, start[2]?.sequence ?? 0)).flatMap(valuesOf)).toEqual([3, 4]);
    for (const first of [0, -1, 501])
      expect(await stage().refusal(page(first, null))).toMatchObject({ sqlState: "CR422", detail: "first" });
    expect(await stage().call("row_counts", { tableIds: [tableId, nobodysId] }, viewer.caller)).toEqual([
      { tableId, rowCount: 5 },
    ]);
  });

  it("deletes rows of one table, all or none", async () => {
    const { member } = stage();
    const one = await stage().tableOf([{ name: "c", type: "TEXT" }]);
    const other = await stage().tableOf([{ name: "c", type: "TEXT" }]);
    const add = async (tableId: string) =>
      (await stage().call("add_rows", { tableId, rows: [{}, {}] }, member.caller)).map(({ id }) => id);
    const [ids, others] = [await add(one.id), await add(other.id)];
    const remove = (given: readonly string[]) => stage().call("delete_rows", { ids: given }, member.caller);
    expect(await remove([])).toBe(0);
    expect(await stage().refusal(remove([...ids, nobodysId]))).toEqual(notFound);
    expect(await stage().refusal(remove([...ids, "none"]))).toEqual(notFound);
    expect(await stage().refusal(remove([...ids, ...others]))).toMatchObject({ sqlState: "CR422", detail: "ids" });
    expect(await remove([...ids, ...ids])).toBe(2);
    expect(await stage().call("row_counts", { tableIds: [one.id] }, member.caller)).toEqual([
      { tableId: one.id, rowCount: 0 },
    ]);
  });

  it("refuses rows to whoever may not read or write them", async () => {
    const { member, stranger, gone, owner } = stage();
    const { id: tableId, ids } = await stage().tableOf([{ name: "c", type: "TEXT" }]);
    const [row] = await stage().call("add_rows", { tableId, rows: [{ [ids.c ?? ""]: "x" }] }, member.caller);
    const id = row?.id ?? "";
    await stage().guards("MEMBER", (caller) => stage().call("add_rows", { tableId, rows: [] }, caller));
    await stage().guards("MEMBER", (caller) => stage().call("update_row", { id, values: {} }, caller));
    await stage().guards("MEMBER", (caller) => stage().call("delete_rows", { ids: [id] }, caller));
    await stage().guards("VIEWER", (caller) => stage().call("row_by_id", { id }, caller));
    expect(await stage().call("rows", { tableIds: [tableId] }, stranger.caller)).toEqual([]);
    expect(await stage().call("row_counts", { tableIds: [tableId] }, stranger.caller)).toEqual([]);
    for (const ask of [
      () => stage().call("rows", { tableIds: [tableId] }, gone.caller),
      () => stage().call("row_counts", { tableIds: [tableId] }, gone.caller),
    ])
      expect((await stage().refusal(ask())).sqlState).toBe("CR401");
    for (const none of [nobodysId, "none", ""]) {
      expect(await stage().refusal(stage().call("row_by_id", { id: none }, owner.caller))).toEqual(notFound);
      expect(await stage().refusal(stage().call("update_row", { id: none, values: {} }, owner.caller))).toEqual(
        notFound,
      );
      expect(await stage().refusal(stage().call("add_rows", { tableId: none, rows: [] }, owner.caller))).toEqual(
        notFound,
      );
    }
    for (const fn of ["rows", "row_counts"] as const)
      expect(await stage().refusal(stage().call(fn, { tableIds: ["none"] }, owner.caller))).toEqual(notFound);
  });
};
