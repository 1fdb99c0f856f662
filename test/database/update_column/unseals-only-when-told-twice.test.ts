import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestDatabase } from "../../support/database.js";
import { organizationStage } from "../../support/organization-stage.js";
import { call, type DatabasePerson, memberOf, refusal, server } from "../../support/people.js";
import {
  addRows,
  byId,
  convertToEnd,
  full,
  makeTable,
  readRows,
  type StoredColumn,
  type TestTable,
} from "../../support/tables.js";

describe("a sensitive column that is unsealed", () => {
  let t: TestDatabase;
  let owner: DatabasePerson;
  beforeAll(async () => {
    [t, owner] = await organizationStage();
  });
  afterAll(() => t?.drop());

  const change = (table: TestTable, changes: object, caller = owner.caller) =>
    call<StoredColumn>(t.database, "update_column", { id: table.ids.c, changes }, caller);
  const tableOf = async (values: unknown[], type = "TEXT") => {
    const table = await makeTable(t.database, owner, [{ name: "c", type, sensitive: true }]);
    for (let done = 0; done < values.length; done += 1000)
      await addRows(
        t.database,
        table,
        values.slice(done, done + 1000).map((c) => ({ c })),
        owner.caller,
      );
    return table;
  };
  const actions = async (table: TestTable) => {
    const args = { organizationId: owner.organizationId, filter: { targetId: table.ids.c } };
    return (await call<{ action: string }[]>(t.database, "audit_events", args, owner.caller)).map(
      ({ action }) => action,
    );
  };

  it("is refused without unseal: true, and with unseal: true alone", async () => {
    const table = await tableOf(["x"]);
    for (const changes of [{ sensitive: false }, { sensitive: false, unseal: false }, { unseal: true }])
      expect(await refusal(change(table, changes))).toEqual({ sqlState: "CR422", detail: "input.unseal" });
    expect(await refusal(change(table, { sensitive: false, unseal: true, mask: "FULL" }))).toEqual({
      sqlState: "CR422",
      detail: "input.mask",
    });
    expect(await actions(table)).toEqual([]);
  });

  it("is for an ADMIN", async () => {
    const table = await tableOf(["x"]);
    const member = await memberOf(t.database, owner, "MEMBER");
    expect((await refusal(change(table, { sensitive: false, unseal: true }, member.caller))).sqlState).toBe("CR403");
  });

  it("shows every value again as it was given, of any type, and is in the log", async () => {
    for (const [type, value] of [
      ["TEXT", "secret"],
      ["NUMBER", 2.5],
      ["BOOLEAN", false],
      ["JSON", { a: ["x"] }],
    ] as const) {
      const table = await tableOf([value], type);
      expect((await change(table, { sensitive: false, unseal: true })).converting).toBe(true);
      await convertToEnd(t.database, table.ids.c as string);
      expect(await readRows(t.database, table, owner.caller)).toEqual([{ c: value }]);
      expect(await actions(table)).toEqual(["COLUMN_UNSEALED"]);
    }
  });

  it("stays masked, for rows written meanwhile too, until the last row is done", async () => {
    const table = await tableOf(Array.from({ length: 2100 }, (_, n) => `secret ${n}`));
    await change(table, { sensitive: false, unseal: true });
    await call(t.database, "convert_column", { columnId: table.ids.c }, server);
    const [added] = await addRows(t.database, table, [{ c: "written meanwhile" }], owner.caller);
    expect(added?.values).toEqual(byId(table, { c: full }));
    await call(t.database, "update_row", { id: added?.id, values: byId(table, { c: "and changed" }) }, owner.caller);
    const shown = await readRows(t.database, table, owner.caller);
    expect(shown).toEqual(Array(501).fill({ c: full }));
    expect((await refusal(change(table, { sensitive: true }))).sqlState).toBe("CR409");
    expect((await change(table, { sensitive: false, unseal: true })).converting).toBe(true);
    await convertToEnd(t.database, table.ids.c as string);
    const { rows } = await t.admin.query(
      "select values, sealed, masks from cloakroom.rows where table_id = $1 order by sequence desc limit 2",
      [table.id],
    );
    expect(rows).toEqual([
      { values: byId(table, { c: "and changed" }), sealed: {}, masks: {} },
      { values: byId(table, { c: "secret 2099" }), sealed: {}, masks: {} },
    ]);
  });

  it("cannot be cut short by a statement that only switches the flag", async () => {
    const table = await tableOf(["x"]);
    const flag = t.admin.query("update cloakroom.columns set is_sensitive = false, mask = null where id = $1", [
      table.ids.c,
    ]);
    await expect(flag).rejects.toMatchObject({ code: "CR500" });
  });
});
