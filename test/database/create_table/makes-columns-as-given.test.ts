import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestDatabase } from "../../support/database.js";
import { organizationStage } from "../../support/organization-stage.js";
import { call, type DatabasePerson, memberOf, refusal, signInTo } from "../../support/people.js";
import { addRows, columnsOf, makeTable, readRows } from "../../support/tables.js";

describe("tables and columns", () => {
  let t: TestDatabase;
  let owner: DatabasePerson;
  beforeAll(async () => {
    [t, owner] = await organizationStage();
  });
  afterAll(() => t?.drop());

  const create = (name: string, columns: unknown = [], caller = owner.caller) =>
    call<{ id: string; name: string }>(
      t.database,
      "create_table",
      { organizationId: owner.organizationId, name, columns },
      caller,
    );
  const log = async () => {
    const events = await call<{ action: string; details: { name: string } }[]>(
      t.database,
      "audit_events",
      { organizationId: owner.organizationId, first: 500 },
      owner.caller,
    );
    return events.map(({ action, details }) => `${action} ${details.name}`);
  };

  it("come in the order given, masked in full where nothing else is said", async () => {
    const table = await create(" People ", [
      { name: " Name ", type: "TEXT", required: true },
      { name: "Card", type: "TEXT", sensitive: true },
      { name: "Phone", type: "PHONE", sensitive: true, mask: "PHONE" },
      { name: "Kind", type: "SELECT", options: ["a", "b"] },
    ]);
    expect(table.name).toBe("People");
    expect(await columnsOf(t.database, table.id, owner.caller)).toMatchObject([
      { name: "Name", position: 0, required: true, sensitive: false, mask: null, options: null, converting: false },
      { name: "Card", position: 1, sensitive: true, mask: "FULL" },
      { name: "Phone", position: 2, sensitive: true, mask: "PHONE" },
      { name: "Kind", position: 3, options: ["a", "b"] },
    ]);
    expect(await log()).toContain("TABLE_CREATED People");
  });

  it.each([
    [{ name: "", type: "TEXT" }, "name"],
    [{ name: "x".repeat(201), type: "TEXT" }, "name"],
    [{ name: "x", type: "FORMULA" }, "type"],
    [{ name: "x", type: "LINK" }, "type"],
    [{ name: "x", type: "text" }, "type"],
    [{ name: "x", type: "TEXT", mask: "FULL" }, "mask"],
    [{ name: "x", type: "TEXT", sensitive: true, mask: "HALF" }, "mask"],
    [{ name: "x", type: "TEXT", options: ["a"] }, "options"],
    [{ name: "x", type: "SELECT" }, "options"],
    [{ name: "x", type: "MULTI_SELECT", options: ["a", "a"] }, "options"],
  ])("refuse the column %j by its field, and leave no table", async (column, field) => {
    const columns = [{ name: "ok", type: "TEXT" }, column];
    expect(await refusal(create("Refused", columns))).toEqual({
      sqlState: "CR422",
      detail: `input.columns.1.${field}`,
    });
    const table = await makeTable(t.database, owner, []);
    const add = call(t.database, "add_column", { tableId: table.id, definition: column }, owner.caller);
    expect(await refusal(add)).toEqual({ sqlState: "CR422", detail: `input.column.${field}` });
    const { rowCount } = await t.admin.query("select from cloakroom.tables where name = 'Refused'");
    expect(rowCount).toBe(0);
  });

  it("bear a name once, in whatever case", async () => {
    await create("Once", [{ name: "a", type: "TEXT" }]);
    expect((await refusal(create("ONCE"))).sqlState).toBe("CR409");
    expect(
      (
        await refusal(
          create("Twice", [
            { name: "a", type: "TEXT" },
            { name: "A", type: "TEXT" },
          ]),
        )
      ).sqlState,
    ).toBe("CR409");
    const { id } = await create("Other");
    expect((await refusal(call(t.database, "rename_table", { id, name: "once" }, owner.caller))).sqlState).toBe(
      "CR409",
    );
    expect(await refusal(call(t.database, "rename_table", { id, name: " " }, owner.caller))).toEqual({
      sqlState: "CR422",
      detail: "name",
    });
    expect(await call(t.database, "rename_table", { id, name: "OTHER" }, owner.caller)).toMatchObject({
      id,
      name: "OTHER",
    });
  });

  it("number at most 200 columns a table", async () => {
    const many = Array.from({ length: 200 }, (_, n) => ({ name: `c${n}`, type: "TEXT" }));
    expect((await refusal(create("Too wide", [...many, { name: "more", type: "TEXT" }]))).detail).toBe("input.columns");
    const { id } = await create("Wide", many);
    const add = call(
      t.database,
      "add_column",
      { tableId: id, definition: { name: "more", type: "TEXT" } },
      owner.caller,
    );
    expect(await refusal(add)).toEqual({ sqlState: "CR422", detail: "input.column" });
  });

  it("take a required column only while there are no rows", async () => {
    const table = await makeTable(t.database, owner, [{ name: "a", type: "TEXT" }]);
    const add = (name: string) =>
      refusal(
        call(
          t.database,
          "add_column",
          { tableId: table.id, definition: { name, type: "TEXT", required: true } },
          owner.caller,
        ),
      );
    expect((await add("b")).sqlState).toBeNull();
    await call(
      t.database,
      "add_rows",
      { tableId: table.id, rows: [{ [(await columnsOf(t.database, table.id, owner.caller))[1]?.id as string]: "x" }] },
      owner.caller,
    );
    expect(await add("c")).toEqual({ sqlState: "CR422", detail: "input.column.required" });
  });

  it("are an ADMIN's to make and to delete; a viewer reads them, a stranger finds none", async () => {
    const member = await memberOf(t.database, owner, "MEMBER");
    const viewer = await memberOf(t.database, owner, "VIEWER");
    const stranger = await signInTo(t.database);
    const { id } = await makeTable(t.database, owner, [{ name: "a", type: "TEXT" }]);
    const asked = (caller: typeof owner.caller) =>
      Promise.all(
        [
          create("New", [], caller),
          call(t.database, "rename_table", { id, name: "New" }, caller),
          call(t.database, "delete_table", { id }, caller),
          call(t.database, "add_column", { tableId: id, definition: { name: "b", type: "TEXT" } }, caller),
        ].map(async (one) => (await refusal(one)).sqlState),
      );
    expect(await asked(member.caller)).toEqual(Array(4).fill("CR403"));
    expect(await asked(viewer.caller)).toEqual(Array(4).fill("CR403"));
    expect(await asked(stranger.caller)).toEqual(Array(4).fill("CR404"));
    expect(await call(t.database, "table_by_id", { id }, viewer.caller)).toMatchObject({ id });
    expect((await refusal(call(t.database, "table_by_id", { id }, stranger.caller))).sqlState).toBe("CR404");
    expect(
      (await refusal(call(t.database, "tables", { organizationId: owner.organizationId }, stranger.caller))).sqlState,
    ).toBe("CR404");
    expect(await columnsOf(t.database, id, stranger.caller)).toEqual([]);
  });

  it("go with their rows, and columns with their cells, each on record", async () => {
    const table = await makeTable(
      t.database,
      owner,
      [
        { name: "a", type: "TEXT" },
        { name: "s", type: "TEXT", sensitive: true },
        { name: "keep", type: "TEXT" },
      ],
      "Doomed",
    );
    await addRows(t.database, table, [{ a: "x", s: "y", keep: "z" }, { s: "y" }], owner.caller);
    for (const name of ["a", "s"])
      expect(await call(t.database, "delete_column", { id: table.ids[name] }, owner.caller)).toBe(true);
    expect(await readRows(t.database, table, owner.caller)).toEqual([{ keep: "z" }, {}]);
    const { rows } = await t.admin.query(
      "select sealed, masks, version from cloakroom.rows where table_id = $1 order by sequence",
      [table.id],
    );
    expect(rows[0]).toEqual({ sealed: {}, masks: {}, version: 1 });
    expect(await call(t.database, "delete_table", { id: table.id }, owner.caller)).toBe(true);
    expect((await t.admin.query("select from cloakroom.rows where table_id = $1", [table.id])).rowCount).toBe(0);
    expect((await log()).slice(0, 3)).toEqual(["TABLE_DELETED Doomed", "COLUMN_DELETED s", "COLUMN_DELETED a"]);
    expect((await refusal(call(t.database, "delete_table", { id: table.id }, owner.caller))).sqlState).toBe("CR404");
    expect((await refusal(call(t.database, "delete_column", { id: table.ids.keep }, owner.caller))).sqlState).toBe(
      "CR404",
    );
  });
});
