import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestDatabase } from "../../support/database.js";
import { organizationStage } from "../../support/organization-stage.js";
import { call, type DatabasePerson, memberOf, refusal, signInTo } from "../../support/people.js";
import { addRows, makeTable, type TestTable } from "../../support/tables.js";

describe("delete_rows", () => {
  let t: TestDatabase;
  let owner: DatabasePerson;
  let table: TestTable;
  beforeAll(async () => {
    [t, owner] = await organizationStage();
    table = await makeTable(t.database, owner, [{ name: "a", type: "TEXT" }]);
  });
  afterAll(() => t?.drop());

  const added = async (count: number, to = table, by = owner) =>
    (await addRows(t.database, to, Array(count).fill({ a: "x" }), by.caller)).map(({ id }) => id);
  const remove = (ids: string[], caller = owner.caller) => call<number>(t.database, "delete_rows", { ids }, caller);
  const left = async (ids: string[]) =>
    (await t.admin.query("select from cloakroom.rows where id = any ($1)", [ids])).rowCount;
  const events = async () =>
    call<{ action: string; targetId: string; details: unknown }[]>(
      t.database,
      "audit_events",
      { organizationId: owner.organizationId, filter: { actions: ["ROWS_DELETED"] } },
      owner.caller,
    );

  it("deletes, counts an id given twice once, and writes one event with their ids", async () => {
    const ids = await added(3);
    expect(await remove([...ids, ids[0] as string])).toBe(3);
    expect(await left(ids)).toBe(0);
    expect(await events()).toMatchObject([{ targetId: table.id, details: { count: 3, rowIds: [...ids].sort() } }]);
  });

  it("deletes nothing when one id is unknown, foreign or of another table", async () => {
    const ids = await added(2);
    const stranger = await signInTo(t.database);
    const theirs = await makeTable(t.database, stranger, [{ name: "a", type: "TEXT" }]);
    const other = await makeTable(t.database, owner, [{ name: "a", type: "TEXT" }]);
    const before = (await events()).length;
    expect((await refusal(remove([...ids, randomUUID()]))).sqlState).toBe("CR404");
    expect((await refusal(remove([...ids, ...(await added(1, theirs, stranger))]))).sqlState).toBe("CR404");
    expect(await refusal(remove([...ids, ...(await added(1, other))]))).toEqual({ sqlState: "CR422", detail: "ids" });
    expect(await left(ids)).toBe(2);
    expect((await events()).length).toBe(before);
  });

  it("takes at most 1,000, and none as it is", async () => {
    expect(await refusal(remove(Array.from({ length: 1001 }, () => randomUUID())))).toEqual({
      sqlState: "CR422",
      detail: "ids",
    });
    expect(await remove([])).toBe(0);
  });

  it("is for members: a viewer is refused, a stranger finds no such rows", async () => {
    const ids = await added(1);
    const viewer = await memberOf(t.database, owner, "VIEWER");
    const stranger = await signInTo(t.database);
    expect((await refusal(remove(ids, viewer.caller))).sqlState).toBe("CR403");
    expect((await refusal(remove(ids, stranger.caller))).sqlState).toBe("CR404");
    expect(await left(ids)).toBe(1);
  });

  it("lets one of two calls over the same rows have them, without a deadlock", async () => {
    const ids = await added(50);
    const both = await Promise.all([refusal(remove(ids)), refusal(remove([...ids].reverse()))]);
    expect(both.map(({ sqlState }) => sqlState).sort()).toEqual(["CR404", null]);
  });
});
