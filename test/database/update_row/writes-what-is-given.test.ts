import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TestDatabase } from "../../support/database.js";
import { organizationStage } from "../../support/organization-stage.js";
import { call, type DatabasePerson, memberOf, refusal, signInTo } from "../../support/people.js";
import { addRows, byId, byName, makeTable, type StoredRow, type TestTable } from "../../support/tables.js";

describe("update_row", () => {
  let t: TestDatabase;
  let owner: DatabasePerson;
  let table: TestTable;
  let row: StoredRow;
  beforeAll(async () => {
    [t, owner] = await organizationStage();
    table = await makeTable(t.database, owner, [
      { name: "a", type: "TEXT", required: true },
      { name: "b", type: "NUMBER" },
      { name: "s", type: "TEXT", sensitive: true, mask: "LAST4" },
    ]);
  });
  beforeEach(async () => {
    const [added] = await addRows(t.database, table, [{ a: "one", b: 1, s: "a secret value 1" }], owner.caller);
    row = added as StoredRow;
  });
  afterAll(() => t?.drop());

  const update = (values: object, more: object = {}, caller = owner.caller) =>
    call<StoredRow>(t.database, "update_row", { id: row.id, values, ...more }, caller);
  const reveal = async () => {
    const cell = { rowId: row.id, columnId: table.ids.s };
    return (await call<{ value: unknown }>(t.database, "reveal_cell", cell, owner.caller)).value;
  };

  it("keeps what is left out, clears what is null, and counts the version up", async () => {
    const updated = await update(byId(table, { a: "two", b: null }));
    expect(byName(table, updated.values)).toEqual({ a: "two", s: "••••••••ue 1" });
    expect(updated.version).toBe(2);
    expect(await reveal()).toBe("a secret value 1");
  });

  it("seals anew what a sensitive cell is given, and empties it for null", async () => {
    expect(byName(table, (await update(byId(table, { s: "another secret 22" }))).values).s).toBe("••••••••t 22");
    expect(await reveal()).toBe("another secret 22");
    expect(byName(table, (await update(byId(table, { s: null }))).values)).toEqual({ a: "one", b: 1 });
    expect(await reveal()).toBeNull();
    const { rows } = await t.admin.query("select sealed, masks from cloakroom.rows where id = $1", [row.id]);
    expect(rows).toEqual([{ sealed: {}, masks: {} }]);
  });

  it("refuses a version that is behind, and writes nothing then", async () => {
    await update(byId(table, { b: 2 }), { expectedVersion: 1 });
    expect((await refusal(update(byId(table, { b: 3 }), { expectedVersion: 1 }))).sqlState).toBe("CR409");
    const now = await call<StoredRow>(t.database, "row_by_id", { id: row.id }, owner.caller);
    expect([now.version, byName(table, now.values).b]).toEqual([2, 2]);
  });

  it("lets one of two that expect the same version through", async () => {
    const both = await Promise.all([1, 2].map((b) => refusal(update(byId(table, { b }), { expectedVersion: 1 }))));
    expect(both.map(({ sqlState }) => sqlState).sort()).toEqual(["CR409", null]);
  });

  it("loses no write of two that expect none", async () => {
    await Promise.all(["b", "s"].map((name) => update(byId(table, { [name]: name === "b" ? 7 : "secret of twelve" }))));
    const now = await call<StoredRow>(t.database, "row_by_id", { id: row.id }, owner.caller);
    expect([now.version, byName(table, now.values)]).toEqual([3, { a: "one", b: 7, s: "••••••••elve" }]);
  });

  it("refuses to empty a required cell, a wrong value and an unknown column, each by its path", async () => {
    const ids = table.ids;
    expect((await refusal(update(byId(table, { a: null })))).detail).toBe(`input.values.${ids.a}`);
    expect((await refusal(update(byId(table, { b: "x" })))).detail).toBe(`input.values.${ids.b}`);
    expect((await refusal(update({ nothing: 1 }))).detail).toBe("input.values");
    expect((await refusal(update([]))).detail).toBe("input.values");
    expect((await refusal(update(byId(table, {})))).sqlState).toBeNull();
  });

  it("is for members: a viewer is refused, a stranger finds no such row", async () => {
    const viewer = await memberOf(t.database, owner, "VIEWER");
    const stranger = await signInTo(t.database);
    expect((await refusal(update({}, {}, viewer.caller))).sqlState).toBe("CR403");
    expect((await refusal(update({}, {}, stranger.caller))).sqlState).toBe("CR404");
  });
});
