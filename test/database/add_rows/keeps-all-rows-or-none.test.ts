import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { refusalOf } from "../../support/callers.js";
import type { TestDatabase } from "../../support/database.js";
import { organizationStage } from "../../support/organization-stage.js";
import { call, type DatabasePerson, memberOf, refusal, signInTo } from "../../support/people.js";
import { addRows, makeTable, readRows, type TestTable } from "../../support/tables.js";

describe("add_rows", () => {
  let t: TestDatabase;
  let owner: DatabasePerson;
  let table: TestTable;
  beforeAll(async () => {
    [t, owner] = await organizationStage();
    table = await makeTable(t.database, owner, [
      { name: "n", type: "NUMBER", required: true },
      { name: "s", type: "TEXT", sensitive: true, mask: "LAST4" },
    ]);
  });
  afterAll(() => t?.drop());
  const add = (rows: unknown, caller = owner.caller, tableId = table.id) =>
    call(t.database, "add_rows", { tableId, rows }, caller);
  const stored = async () =>
    (await t.admin.query("select from cloakroom.rows where table_id = $1", [table.id])).rowCount;

  it("answers and reads a thousand rows in the order given", async () => {
    const numbers = Array.from({ length: 1000 }, (_, n) => n);
    const rows = await addRows(
      t.database,
      table,
      numbers.map((n) => ({ n, s: `secret number ${n}` })),
      owner.caller,
    );
    expect(rows.map((row) => row.values[table.ids.n as string])).toEqual(numbers);
    const read = await readRows(t.database, table, owner.caller, 500);
    expect(read.slice(0, 500).map((row) => row.n)).toEqual(numbers.slice(0, 500));
    expect(read[7]?.s).toBe("••••••••er 7");
  });

  it("refuses 1,001 rows, and takes none at all as it is", async () => {
    const before = await stored();
    expect(await refusal(add(Array(1001).fill({ [table.ids.n as string]: 1 })))).toEqual({
      sqlState: "CR422",
      detail: "input.rows",
    });
    expect(await add([])).toEqual([]);
    expect(await stored()).toBe(before);
  });

  it("writes nothing when one row of many is refused", async () => {
    const before = await stored();
    const n = table.ids.n as string;
    expect(await refusal(add([{ [n]: 1 }, { [n]: 2 }, {}]))).toEqual({
      sqlState: "CR422",
      detail: `input.rows.2.${n}`,
    });
    expect((await refusalOf(add([{ [n]: null }]))).message).toContain('"n"');
    expect(await stored()).toBe(before);
  });

  it("refuses a key that is no column of the table, and quotes it only where it has a column id's form", async () => {
    const other = await makeTable(t.database, owner, [{ name: "o", type: "TEXT" }]);
    const foreign = other.ids.o as string;
    expect(await refusal(add([{ [foreign]: "x" }]))).toEqual({ sqlState: "CR422", detail: `input.rows.0.${foreign}` });
    const { detail, message } = await refusalOf(add([{ "my secret value": "x" }]));
    expect(detail).toBe("input.rows.0");
    expect(message).not.toContain("secret");
  });

  it.each([["x"], [[["x"]]], [{}], [[null]], [5]])("refuses rows of another form: %j", async (rows) => {
    expect((await refusal(add(rows))).sqlState).toBe("CR422");
  });

  it("refuses a row of more than 1 MiB", async () => {
    const wide = await makeTable(
      t.database,
      owner,
      Array.from({ length: 6 }, (_, i) => ({ name: `c${i}`, type: "LONG_TEXT" })),
    );
    const row = Object.fromEntries(Object.values(wide.ids).map((id) => [id, "x".repeat(200_000)]));
    expect(await refusal(add([row], owner.caller, wide.id))).toEqual({ sqlState: "CR422", detail: "input.rows.0" });
  });

  it("is for members: a viewer is refused, a stranger finds no such table", async () => {
    const viewer = await memberOf(t.database, owner, "VIEWER");
    const member = await memberOf(t.database, owner, "MEMBER");
    const stranger = await signInTo(t.database);
    const row = { [table.ids.n as string]: 1 };
    expect((await refusal(add([row], viewer.caller))).sqlState).toBe("CR403");
    expect((await refusal(add([row], stranger.caller))).sqlState).toBe("CR404");
    expect((await refusal(add([row], member.caller))).sqlState).toBeNull();
  });
});
