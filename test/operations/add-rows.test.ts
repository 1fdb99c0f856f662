import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { canariesIn, tableDump } from "../support/table-dump.js";
import { answeredFrom, startTableStage, type TableStage } from "../support/table-stage.js";

describe("addRows", () => {
  let stage: TableStage;
  beforeAll(async () => {
    stage = await startTableStage();
  });
  afterAll(() => stage?.close());

  const add = (rows: unknown, person = stage.owner) =>
    stage.ask("addRows", { input: { tableId: stage.tableId, rows } }, person);
  const count = async () => (await stage.ask("table", { id: stage.tableId })).value.rowCount;

  test("answers the rows in the order given, masked, and leaks nothing", async () => {
    const { value, text } = await add(
      [
        { name: "Cy", card: "5000-canary-card-2222", mail: "cy@canary.example" },
        { name: "Dee", age: "1.50" },
      ].map(stage.values),
      stage.member,
    );
    expect(value.map((row) => [row.values, row.version])).toEqual([
      [stage.values({ name: "Cy", card: "••••••••2222", mail: "c••••••••@canary.example" }), 1],
      [stage.values({ name: "Dee", age: 1.5 }), 1],
    ]);
    const seen = text + stage.server.output() + (await tableDump(stage.server.admin));
    expect(canariesIn(seen, ["canary-card", "cy@canary", "ann@canary"])).toEqual([]);
  });

  test("refuses what a column does not take by its path, never quoting the value, and keeps no row of the call", async () => {
    const { ids, values } = stage;
    const before = await count();
    const ok = values({ name: "ok" });
    for (const [row, field] of [
      [values({ name: "x", age: "canary-age" }), `input.rows.2.${ids.age}`],
      [values({ name: "x", mail: "canary-mail" }), `input.rows.2.${ids.mail}`],
      [values({ name: 5 }), `input.rows.2.${ids.name}`],
      [values({ age: 1 }), `input.rows.2.${ids.name}`],
      [values({ name: null }), `input.rows.2.${ids.name}`],
      [{ ...ok, [stage.tableId]: 1 }, `input.rows.2.${stage.tableId}`],
      [{ ...ok, "canary-key": 1 }, "input.rows.2"],
      [values({ name: "x", card: "a\u0000b" }), `input.rows.2.${ids.card}`],
      [values({ name: "x", card: "\ud800" }), `input.rows.2.${ids.card}`],
    ] as const) {
      const { code, field: named, text } = await add([ok, ok, row]);
      expect([code, named], JSON.stringify(row)).toEqual(["BAD_USER_INPUT", field]);
      expect(text).not.toContain("canary");
    }
    expect(await count()).toBe(before);
    expect(stage.server.output()).not.toContain("canary");
  });

  test("takes 1,000 rows and refuses one more; refuses rows that are no objects", async () => {
    const rows = Array.from({ length: 1001 }, (_, n) => stage.values({ name: `n${n}` }));
    const { code, field } = await add(rows);
    expect([code, field]).toEqual(["BAD_USER_INPUT", "input.rows"]);
    expect((await add(rows.slice(1))).value).toHaveLength(1000);
    expect((await add([])).value).toEqual([]);
    for (const bad of ["x", [5], [null], [[stage.values({ name: "x" })]]])
      expect((await add(bad)).code, JSON.stringify(bad)).toBe("BAD_USER_INPUT");
  });

  test("is for MEMBERs, NOT_FOUND to strangers and UNAUTHENTICATED to nobody", async () => {
    const input = (tableId: string) => ({ input: { tableId, rows: [stage.values({ name: "x" })] } });
    expect(await stage.codes("addRows", () => input(stage.tableId))).toEqual(answeredFrom("MEMBER"));
    for (const code of await stage.codesOfUnknown("addRows", input)) expect(code).toBe("NOT_FOUND");
  });
});
