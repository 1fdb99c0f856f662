import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { refusalOf } from "../../support/callers.js";
import type { TestDatabase } from "../../support/database.js";
import { organizationStage } from "../../support/organization-stage.js";
import type { DatabasePerson } from "../../support/people.js";
import { addRows, byName, full, makeTable } from "../../support/tables.js";

/** type: [given, kept][] and what is refused. */
const cases: Record<string, { good: [unknown, unknown][]; bad: unknown[]; options?: string[] }> = {
  TEXT: {
    good: [
      ["  kept ", "  kept "],
      ["", ""],
      ["Ünï🙂", "Ünï🙂"],
    ],
    bad: [5, true, ["x"], { x: 1 }],
  },
  LONG_TEXT: { good: [["a\nb", "a\nb"]], bad: [5] },
  NUMBER: {
    good: [
      [1, 1],
      [-0.5, -0.5],
      ["2.50", 2.5],
      ["0.12345678901234567890123", "0.12345678901234567890123"],
    ],
    bad: ["SECRETabc", "1e", true, "", "NaN", []],
  },
  CURRENCY: { good: [["19.99", 19.99]], bad: ["€SECRET"] },
  PERCENT: { good: [[50, 50]], bad: ["SECRET%"] },
  BOOLEAN: {
    good: [
      [true, true],
      [false, false],
    ],
    bad: ["true", 1],
  },
  DATE: { good: [["2024-02-29", "2024-02-29"]], bad: ["2023-02-29", "SECRET", 20240101, "2024-1-1"] },
  DATETIME: {
    good: [["2024-02-29T12:00:00+02:00", "2024-02-29T10:00:00.000Z"]],
    bad: ["2024-02-29T12:00:00", "SECRET"],
  },
  EMAIL: { good: [[" ann@example.com ", "ann@example.com"]], bad: ["SECRET", "a@b@c"] },
  PHONE: { good: [["+1 (415) 555-2671", "+14155552671"]], bad: ["SECRET", "12"] },
  URL: {
    good: [["https://example.com/a?b=c", "https://example.com/a?b=c"]],
    bad: ["javascript:SECRET", "/SECRET", "ftp://SECRET"],
  },
  SELECT: { options: ["red", "blue"], good: [["red", "red"]], bad: ["SECRET", ["red"], "RED"] },
  MULTI_SELECT: {
    options: ["red", "blue"],
    good: [
      [
        ["blue", "red"],
        ["blue", "red"],
      ],
    ],
    bad: [["red", "red"], "red", ["SECRET"]],
  },
  JSON: {
    good: [
      [{ a_b: [1, null] }, { a_b: [1, null] }],
      [[], []],
      ["x", "x"],
      [false, false],
    ],
    bad: [],
  },
};

describe("add_rows", () => {
  let t: TestDatabase;
  let owner: DatabasePerson;
  beforeAll(async () => {
    [t, owner] = await organizationStage();
  });
  afterAll(() => t?.drop());

  for (const [type, { good, bad, options }] of Object.entries(cases)) {
    it(`keeps what a ${type} column takes, and masks the same in a sensitive one`, async () => {
      const table = await makeTable(t.database, owner, [
        { name: "plain", type, options },
        { name: "sealed", type, options, sensitive: true },
      ]);
      const rows = await addRows(
        t.database,
        table,
        good.map(([given]) => ({ plain: given, sealed: given })),
        owner.caller,
      );
      expect(rows.map((row) => byName(table, row.values))).toEqual(
        good.map(([, kept]) => ({ plain: kept, sealed: full })),
      );
    });

    for (const value of bad)
      it(`refuses ${JSON.stringify(value)} as ${type}, naming the column and never the value`, async () => {
        const table = await makeTable(t.database, owner, [{ name: "cell", type, options }]);
        const good0 = { cell: good[0]?.[0] };
        const { sqlState, message, detail } = await refusalOf(
          addRows(t.database, table, [good0, good0, { cell: value }], owner.caller),
        );
        expect({ sqlState, detail }).toEqual({ sqlState: "CR422", detail: `input.rows.2.${table.ids.cell}` });
        expect(message).not.toContain("SECRET");
        const { rows } = await t.admin.query("select from cloakroom.rows where table_id = $1", [table.id]);
        expect(rows).toHaveLength(0);
      });
  }

  it("leaves out a null, which is no value, of whatever type", async () => {
    const table = await makeTable(t.database, owner, [
      { name: "a", type: "NUMBER" },
      { name: "b", type: "JSON", sensitive: true },
    ]);
    const [row] = await addRows(t.database, table, [{ a: null, b: null }], owner.caller);
    expect(row?.values).toEqual({});
  });
});
