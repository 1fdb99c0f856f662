import { expect, it } from "vitest";
import type { Suite } from "../support/contract.js";
import { nobodysId, notFound, server } from "../support/stage.js";

export const tables: Suite = (stage) => {
  const column = { name: "name", type: "TEXT" };
  const oddIds = [nobodysId, "none", ""];

  it("makes a table with its columns as given, and lists both", async () => {
    const { owner, viewer } = stage();
    const organizationId = await stage().organizationOf(owner, { viewer });
    const columns = [
      { name: "Nämé_with_snake", type: "TEXT", required: true },
      { name: "card", type: "TEXT", sensitive: true, mask: "LAST4" },
      { name: "state", type: "SELECT", options: ["a_b", "c d", '{"e":1}'] },
    ];
    const table = await stage().call("create_table", { organizationId, name: " Päti ents ", columns }, owner.caller);
    expect(table).toMatchObject({ organizationId, name: "Päti ents" });
    expect(await stage().call("tables", { organizationId }, viewer.caller)).toEqual([table]);
    expect(await stage().call("table_by_id", { id: table.id }, viewer.caller)).toEqual(table);
    const listed = await stage().call("columns", { tableIds: [table.id, nobodysId] }, viewer.caller);
    expect(listed.map(({ id, ...rest }) => rest)).toMatchObject([
      {
        name: "Nämé_with_snake",
        type: "TEXT",
        required: true,
        sensitive: false,
        mask: null,
        options: null,
        position: 0,
      },
      { name: "card", sensitive: true, mask: "LAST4", required: false, converting: false, position: 1 },
      { name: "state", options: ["a_b", "c d", '{"e":1}'], position: 2 },
    ]);
  });

  it("makes a table without columns where none are given", async () => {
    const { owner, organizationId } = stage();
    const { id } = await stage().call("create_table", { organizationId, name: "Bare" }, owner.caller);
    expect(await stage().call("columns", { tableIds: [id] }, owner.caller)).toEqual([]);
    expect(await stage().call("columns", { tableIds: [] }, owner.caller)).toEqual([]);
  });

  it.each([
    [{ name: "" }, "input.name"],
    [{ columns: {} }, "input.columns"],
    [{ columns: ["x"] }, "input.columns.0"],
    [{ columns: [column, { name: "", type: "TEXT" }] }, "input.columns.1.name"],
    [{ columns: [{ name: "a", type: "text" }] }, "input.columns.0.type"],
    [{ columns: [{ ...column, mask: "FULL" }] }, "input.columns.0.mask"],
    [{ columns: [{ name: "s", type: "SELECT" }] }, "input.columns.0.options"],
  ])("refuses a table of %j by its field", async (changed, field) => {
    const { owner, organizationId } = stage();
    const made = stage().call("create_table", { organizationId, name: "Refused", ...changed }, owner.caller);
    expect(await stage().refusal(made)).toMatchObject({ sqlState: "CR422", detail: field });
  });

  it("refuses a name that stands already, for tables and for columns", async () => {
    const { owner, organizationId } = stage();
    const first = await stage().tableOf([column], "Taken");
    const second = await stage().tableOf([column], "Other");
    const make = stage().call("create_table", { organizationId, name: "Taken" }, owner.caller);
    expect(await stage().refusal(make)).toMatchObject({ sqlState: "CR409", detail: "input.name" });
    const rename = stage().call("rename_table", { id: second.id, name: "Taken" }, owner.caller);
    expect(await stage().refusal(rename)).toMatchObject({ sqlState: "CR409", detail: "name" });
    const add = stage().call("add_column", { tableId: first.id, definition: column }, owner.caller);
    expect(await stage().refusal(add)).toMatchObject({ sqlState: "CR409", detail: "input.column.name" });
  });

  it("renames and deletes a table, for admins alone", async () => {
    const { owner } = stage();
    const { id } = await stage().tableOf([column], "Before");
    const rename = (of: string, caller = owner.caller) =>
      stage().call("rename_table", { id: of, name: "After" }, caller);
    const remove = (of: string, caller = owner.caller) => stage().call("delete_table", { id: of }, caller);
    await stage().guards("ADMIN", (caller) => rename(id, caller));
    await stage().guards("ADMIN", (caller) => remove(id, caller));
    await stage().guards("VIEWER", (caller) => stage().call("table_by_id", { id }, caller));
    for (const none of oddIds) {
      expect(await stage().refusal(rename(none))).toEqual(notFound);
      expect(await stage().refusal(remove(none))).toEqual(notFound);
      expect(await stage().refusal(stage().call("table_by_id", { id: none }, owner.caller))).toEqual(notFound);
    }
    expect(await rename(id)).toMatchObject({ id, name: "After" });
    const unnamed = stage().call("rename_table", { id, name: " " }, owner.caller);
    expect(await stage().refusal(unnamed)).toMatchObject({ sqlState: "CR422", detail: "name" });
    expect(await remove(id)).toBe(true);
    expect(await stage().refusal(remove(id))).toEqual(notFound);
  });

  it("refuses tables to whoever may not make or see them", async () => {
    const { organizationId, gone, owner } = stage();
    await stage().guards("ADMIN", (caller) => stage().call("create_table", { organizationId, name: "No" }, caller));
    await stage().guards("VIEWER", (caller) => stage().call("tables", { organizationId }, caller));
    expect((await stage().refusal(stage().call("columns", { tableIds: [] }, gone.caller))).sqlState).toBe("CR401");
    const malformed = stage().call("columns", { tableIds: ["none"] }, owner.caller);
    expect(await stage().refusal(malformed)).toEqual(notFound);
  });

  it("adds, changes, moves and deletes columns", async () => {
    const { owner } = stage();
    const { id: tableId } = await stage().tableOf([column, { name: "second", type: "NUMBER" }]);
    const given = { name: "third", type: "SELECT", options: ["x", "y"] };
    const added = await stage().call("add_column", { tableId, definition: given }, owner.caller);
    expect(added).toMatchObject({ ...given, tableId, position: 2 });
    const changes = { name: "dritte", position: 0, options: ["x", "y", "z"], required: null };
    const changed = await stage().call("update_column", { id: added.id, changes }, owner.caller);
    expect(changed).toMatchObject({ name: "dritte", position: 0, options: ["x", "y", "z"], required: false });
    const names = async () =>
      (await stage().call("columns", { tableIds: [tableId] }, owner.caller)).map(({ name }) => name);
    expect(await names()).toEqual(["dritte", "name", "second"]);
    expect(await stage().call("delete_column", { id: added.id }, owner.caller)).toBe(true);
    expect(await names()).toEqual(["name", "second"]);
  });

  it("refuses changes of columns by field, and to whoever may not make them", async () => {
    const { owner } = stage();
    const table = await stage().tableOf([column]);
    const id = table.ids.name ?? "";
    const add = (given: unknown, caller = owner.caller, tableId = table.id) =>
      stage().call("add_column", { tableId, definition: given }, caller);
    const update = (changes: object, caller = owner.caller, of = id) =>
      stage().call("update_column", { id: of, changes }, caller);
    const remove = (of: string, caller = owner.caller) => stage().call("delete_column", { id: of }, caller);
    expect(await stage().refusal(add("x"))).toMatchObject({ sqlState: "CR422", detail: "input.column" });
    expect(await stage().refusal(add({ name: "x", type: "none" }))).toMatchObject({ detail: "input.column.type" });
    expect(await stage().refusal(update({ mask: "FULL" }))).toMatchObject({ sqlState: "CR422", detail: "input.mask" });
    expect(await stage().refusal(update({ position: 7 }))).toMatchObject({
      sqlState: "CR422",
      detail: "input.position",
    });
    await stage().guards("ADMIN", (caller) => add({ name: "no", type: "TEXT" }, caller));
    await stage().guards("ADMIN", (caller) => update({ name: "no" }, caller));
    await stage().guards("ADMIN", (caller) => remove(id, caller));
    for (const none of oddIds) {
      expect(await stage().refusal(add({ name: "no", type: "TEXT" }, owner.caller, none))).toEqual(notFound);
      expect(await stage().refusal(update({}, owner.caller, none))).toEqual(notFound);
      expect(await stage().refusal(remove(none))).toEqual(notFound);
    }
  });

  it("seals a live column and unseals it again, batch by batch", async () => {
    const { owner, member } = stage();
    const table = await stage().tableOf([{ name: "mail", type: "EMAIL" }]);
    const columnId = table.ids.mail ?? "";
    const rows = [{ [columnId]: "anna@canary.example" }, {}];
    const added = await stage().call("add_rows", { tableId: table.id, rows }, member.caller);
    const shown = async () =>
      (await stage().call("row_by_id", { id: added[0]?.id ?? "" }, member.caller)).values as Record<string, unknown>;
    const convert = () => stage().call("convert_column", { columnId }, server);
    const toEnd = async () => {
      while ((await convert()).converting)
        expect(await stage().call("unfinished_conversions", {}, server)).toEqual([columnId]);
    };
    const sealing = { sensitive: true, mask: "EMAIL" };
    const sealed = await stage().call("update_column", { id: columnId, changes: sealing }, owner.caller);
    expect(sealed).toMatchObject({ sensitive: true, mask: "EMAIL", converting: true });
    expect(await stage().call("unfinished_conversions", {}, server)).toEqual([columnId]);
    expect(await shown()).toEqual({ [columnId]: "a••••••••@canary.example" });
    const meanwhile = stage().call("update_column", { id: columnId, changes: { name: "x" } }, owner.caller);
    expect((await stage().refusal(meanwhile)).sqlState).toBe("CR409");
    await toEnd();
    expect(await stage().call("unfinished_conversions", {}, server)).toEqual([]);
    const { rows: kept } = await stage().driver.admin.query('select "values"::text as plain from cloakroom.rows');
    expect(JSON.stringify(kept)).not.toContain("anna@canary.example");
    const unasked = stage().call("update_column", { id: columnId, changes: { sensitive: false } }, owner.caller);
    expect((await stage().refusal(unasked)).sqlState).toBe("CR422");
    await stage().call("update_column", { id: columnId, changes: { sensitive: false, unseal: true } }, owner.caller);
    await toEnd();
    expect(await shown()).toEqual({ [columnId]: "anna@canary.example" });
  });

  it("converts no column that is none, and for nobody below admin", async () => {
    for (const columnId of oddIds)
      expect(await stage().refusal(stage().call("convert_column", { columnId }, server))).toEqual(notFound);
    const { owner } = stage();
    const { ids } = await stage().tableOf([column]);
    const convert = (caller = owner.caller) => stage().call("convert_column", { columnId: ids.name ?? "" }, caller);
    await stage().guards("ADMIN", convert);
    expect(await convert()).toMatchObject({ converting: false });
    const asked = stage().call("unfinished_conversions", {}, owner.caller);
    expect((await stage().refusal(asked)).sqlState).toBe("42501");
  });
};
