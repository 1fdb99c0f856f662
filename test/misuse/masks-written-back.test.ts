import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { refusalOf } from "../support/callers.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";
import { call, type DatabasePerson, setLimits, signInTo } from "../support/people.js";
import { addRows, byId, full, makeTable, type StoredRow } from "../support/tables.js";

describe("a client that reads a row and writes it back", () => {
  let test: TestDatabase;
  let owner: DatabasePerson;
  beforeAll(async () => {
    test = await createTestDatabase();
    await setLimits(test.database);
    owner = await signInTo(test.database);
  });
  afterAll(() => test.drop());

  it("does not put masks in the place of secrets: they are refused by name, and the secrets stand", async () => {
    const secrets = { FULL: "secret of any kind", LAST4: "sk-0123456789", EMAIL: "ann@canary.example" };
    const table = await makeTable(test.database, owner, [
      { name: "plain", type: "TEXT" },
      { name: "FULL", type: "LONG_TEXT", sensitive: true, mask: "FULL" },
      { name: "LAST4", type: "TEXT", sensitive: true, mask: "LAST4" },
      { name: "EMAIL", type: "EMAIL", sensitive: true, mask: "EMAIL" },
    ]);
    const [row] = (await addRows(test.database, table, [{ plain: full, ...secrets }], owner.caller)) as [StoredRow];
    const update = (values: object) => call(test.database, "update_row", { id: row.id, values }, owner.caller);
    for (const name of Object.keys(secrets)) {
      const id = table.ids[name] ?? "";
      const refusal = { sqlState: "CR422", detail: `input.values.${id}` };
      expect(await refusalOf(update({ [id]: row.values[id] }))).toMatchObject(refusal);
      const cell = { rowId: row.id, columnId: id };
      const { value } = await call<{ value: unknown }>(test.database, "reveal_cell", cell, owner.caller);
      expect(value).toBe(secrets[name as keyof typeof secrets]);
    }
    expect(
      await refusalOf(addRows(test.database, table, [{ FULL: "new" }, { LAST4: full }], owner.caller)),
    ).toMatchObject({
      sqlState: "CR422",
      detail: `input.rows.1.${table.ids.LAST4}`,
    });
    await update(byId(table, { plain: full, FULL: `${full} with words around`, LAST4: null }));
  });
});
