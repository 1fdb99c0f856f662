import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestDatabase } from "../../support/database.js";
import { organizationStage } from "../../support/organization-stage.js";
import { call, type DatabasePerson, memberOf, refusal, signInTo } from "../../support/people.js";
import { addRows, columnsOf, makeTable, type StoredColumn, type TestTable } from "../../support/tables.js";

describe("update_column", () => {
  let t: TestDatabase;
  let owner: DatabasePerson;
  beforeAll(async () => {
    [t, owner] = await organizationStage();
  });
  afterAll(() => t?.drop());

  const make = (...columns: object[]) => makeTable(t.database, owner, columns as Record<string, unknown>[]);
  const change = (id: string | undefined, changes: object, caller = owner.caller) =>
    call<StoredColumn>(t.database, "update_column", { id, changes }, caller);
  const order = async (table: TestTable) =>
    (await columnsOf(t.database, table.id, owner.caller)).map(({ name, position }) => `${position}${name}`);

  it("moves a column and keeps positions from 0 without a gap", async () => {
    const table = await make(...["a", "b", "c", "d"].map((name) => ({ name, type: "TEXT" })));
    expect((await change(table.ids.a, { position: 2 })).position).toBe(2);
    expect(await order(table)).toEqual(["0b", "1c", "2a", "3d"]);
    await change(table.ids.d, { position: 0 });
    expect(await order(table)).toEqual(["0d", "1b", "2c", "3a"]);
    await call(t.database, "delete_column", { id: table.ids.b }, owner.caller);
    expect(await order(table)).toEqual(["0d", "1c", "2a"]);
    for (const position of [-1, 3, 1.5, 2 ** 31])
      expect(await refusal(change(table.ids.a, { position }))).toEqual({ sqlState: "CR422", detail: "input.position" });
  });

  it("renames, refusing a name that another column has, in whatever case", async () => {
    const table = await make({ name: "One", type: "TEXT" }, { name: "Two", type: "TEXT" });
    expect((await change(table.ids.One, { name: "  one " })).name).toBe("one");
    expect((await refusal(change(table.ids.One, { name: "TWO" }))).sqlState).toBe("CR409");
    for (const name of ["", "  ", "x".repeat(201)])
      expect(await refusal(change(table.ids.One, { name }))).toEqual({ sqlState: "CR422", detail: "input.name" });
    expect((await change(table.ids.One, { name: null, required: null })).name).toBe("one");
  });

  it("makes a column required only where every row has a value, sealed or not", async () => {
    const table = await make({ name: "a", type: "TEXT" }, { name: "s", type: "TEXT", sensitive: true });
    await addRows(t.database, table, [{ a: "", s: "x" }], owner.caller);
    expect((await change(table.ids.a, { required: true })).required).toBe(true);
    expect((await change(table.ids.s, { required: true })).required).toBe(true);
    await change(table.ids.s, { required: false });
    await addRows(t.database, table, [{ a: "x" }], owner.caller);
    expect((await refusal(change(table.ids.s, { required: true }))).sqlState).toBe("CR422");
  });

  it("drops an option that no row holds, and refuses for one that a row holds", async () => {
    const table = await make(
      { name: "one", type: "SELECT", options: ["a", "b", "c"] },
      { name: "many", type: "MULTI_SELECT", options: ["a", "b", "c"] },
    );
    await addRows(t.database, table, [{ one: "a", many: ["a", "b"] }], owner.caller);
    expect((await change(table.ids.one, { options: ["a", "d"] })).options).toEqual(["a", "d"]);
    expect((await refusal(change(table.ids.one, { options: ["d"] }))).sqlState).toBe("CR422");
    expect((await change(table.ids.many, { options: ["b", "a"] })).options).toEqual(["b", "a"]);
    expect((await refusal(change(table.ids.many, { options: ["a"] }))).sqlState).toBe("CR422");
  });

  it("tells nothing of a sealed choice by the options that can go: none can while the column holds a value", async () => {
    const table = await make({ name: "s", type: "SELECT", options: ["yes", "no"], sensitive: true });
    const [row] = await addRows(t.database, table, [{ s: "yes" }], owner.caller);
    for (const options of [["yes"], ["no"]])
      expect((await refusal(change(table.ids.s, { options }))).sqlState).toBe("CR422");
    expect((await change(table.ids.s, { options: ["yes", "no", "maybe"] })).options).toEqual(["yes", "no", "maybe"]);
    await call(t.database, "delete_rows", { ids: [row?.id] }, owner.caller);
    expect((await change(table.ids.s, { options: ["no"] })).options).toEqual(["no"]);
  });

  it("refuses a mask or options where they have no place", async () => {
    const table = await make({ name: "a", type: "TEXT" }, { name: "o", type: "SELECT", options: ["x"] });
    expect((await refusal(change(table.ids.a, { mask: "FULL" }))).detail).toBe("input.mask");
    expect((await refusal(change(table.ids.a, { options: ["x"] }))).detail).toBe("input.options");
    for (const options of [[], ["a", "a"], [""], ["  "], Array.from({ length: 201 }, (_, n) => `${n}`), "x", [1]])
      expect((await refusal(change(table.ids.o, { options }))).detail).toBe("input.options");
  });

  it("is for an ADMIN: a member is refused, a stranger finds no such column", async () => {
    const table = await make({ name: "a", type: "TEXT" });
    const member = await memberOf(t.database, owner, "MEMBER");
    const admin = await memberOf(t.database, owner, "ADMIN");
    const stranger = await signInTo(t.database);
    expect((await refusal(change(table.ids.a, { name: "b" }, member.caller))).sqlState).toBe("CR403");
    expect((await refusal(change(table.ids.a, { name: "b" }, stranger.caller))).sqlState).toBe("CR404");
    expect((await change(table.ids.a, { name: "b" }, admin.caller)).name).toBe("b");
  });
});
