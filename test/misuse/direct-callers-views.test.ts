import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestDatabase } from "../support/database.js";
import type { DirectAccess } from "../support/direct-caller.js";
import { type DirectStage, openDirectStage, type Premises } from "../support/direct-stage.js";
import { call, type DatabasePerson, memberOf, server } from "../support/people.js";
import { convertToEnd } from "../support/tables.js";

type Row = Record<string, unknown>;
const views = {
  organizations: "id",
  members: "organization_id",
  tables: "organization_id",
  columns: "table_id",
  rows: "table_id",
};

/** What supabase.from("rows").select() reads. */
describe("the views for direct callers", () => {
  let stage: DirectStage;
  let test: TestDatabase;
  let access: DirectAccess;
  let own: Premises;
  let foreign: Premises;
  beforeAll(async () => {
    stage = await openDirectStage();
    ({ test, access, own, foreign } = stage);
  });
  afterAll(() => stage?.close());

  const read = (person: DatabasePerson, view: string, where = "true"): Promise<Row[]> =>
    access.request({ claims: person.caller.claims }, async (client) => {
      const text = `select to_jsonb(t) as row from cloakroom_api.${view} t where ${where}`;
      return (await client.query<{ row: Row }>(text)).rows.map(({ row }) => row);
    });
  async function everything(person: DatabasePerson): Promise<Record<string, Row[]>> {
    const all: Record<string, Row[]> = {};
    for (const view of Object.keys(views)) all[view] = await read(person, view);
    return all;
  }
  const byId = (rows: Row[]) => [...rows].sort((a, b) => String(a.id).localeCompare(String(b.id)));

  it("show the very rows that the functions answer, and no column more", async () => {
    const { claims } = own.owner.caller;
    const answered = async (fn: string, args: Row) =>
      access.request({ claims }, async (client) => {
        const [name, value] = Object.entries(args)[0] ?? [];
        const call = `cloakroom_api.${fn}(${name ? `${name} => $1` : ""})`;
        const { rows } = await client.query(`select to_jsonb(t) as row from ${call} t`, name ? [value] : []);
        return rows.map(({ row }) => row as Row);
      });
    const tables = (await read(own.owner, "tables")).map(({ id }) => id);
    const expected = {
      organizations: await answered("organizations", {}),
      members: await answered("members", { organization_ids: [own.organizationId] }),
      tables: await answered("tables", { organization_id: own.organizationId }),
      columns: await answered("columns", { table_ids: tables }),
      rows: await answered("rows", { table_ids: tables }),
    };
    for (const [view, rows] of Object.entries(expected)) {
      expect(rows.length).toBeGreaterThan(0);
      expect([view, byId(await read(own.owner, view))]).toEqual([view, byId(rows)]);
    }
  });

  it("show nothing sealed and nothing of another organization, whatever is asked for by its id", async () => {
    const all = JSON.stringify(await everything(own.owner));
    expect(all).toContain("own-canary");
    expect(all).not.toMatch(/foreign-canary|sealed-|gAAAA/);
    for (const id of [foreign.organizationId, foreign.tableId, foreign.secretId, foreign.rowId, foreign.memberId])
      for (const [view, column] of Object.entries(views)) {
        expect(await read(own.owner, view, `id = '${id}'`)).toEqual([]);
        expect(await read(own.owner, view, `${column} = '${id}'`)).toEqual([]);
      }
    const columns = await test.admin.query(`select attname as name from pg_attribute
      where attrelid = 'cloakroom_api.rows'::regclass and attnum > 0`);
    expect(columns.rows.map(({ name }) => name)).toEqual([
      "id",
      "table_id",
      "values",
      "version",
      "created_at",
      "updated_at",
      "sequence",
    ]);
  });

  it("show a member what they are a member of from their first call on, and until they are removed or signed out", async () => {
    const viewer = await memberOf(test.database, own.owner, "VIEWER");
    const [organization] = await read(viewer, "organizations", `id = '${own.organizationId}'`);
    expect(organization).toMatchObject({ role: "VIEWER" });
    expect(await read(viewer, "rows")).toHaveLength(2);
    const [membership] = await read(viewer, "members", `user_id = '${viewer.userId}' and role = 'VIEWER'`);
    await call(test.database, "remove_member", { memberId: membership?.id }, own.owner.caller);
    expect(await read(viewer, "rows")).toEqual([]);
    expect(await read(viewer, "organizations")).toHaveLength(1);
    await call(test.database, "revoke_session", {}, viewer.caller);
    for (const rows of Object.values(await everything(viewer))) expect(rows).toEqual([]);
  });

  it("show masks and never a plaintext while a column is being sealed, masked anew or unsealed", async () => {
    const id = own.columnIds.text ?? "";
    const change = (changes: Row) => call(test.database, "update_column", { id, changes }, own.owner.caller);
    const shown = async () => (await read(own.owner, "rows")).map(({ values }) => (values as Row)[id]);
    expect(await shown()).toEqual(["own-canary", "own-canary"]);
    await change({ sensitive: true, mask: "FULL" });
    expect(await shown()).toEqual(["••••••••", "••••••••"]);
    expect(await read(own.owner, "columns", `id = '${id}'`)).toMatchObject([{ converting: true, sensitive: true }]);
    await convertToEnd(test.database, id);
    expect(await shown()).toEqual(["••••••••", "••••••••"]);
    await change({ sensitive: false, unseal: true });
    expect(await shown()).toEqual(["••••••••", "••••••••"]);
    await call(test.database, "update_row", { id: own.rowId, values: { [id]: "own-canary" } }, own.owner.caller);
    expect(await shown()).toEqual(["••••••••", "••••••••"]);
    await convertToEnd(test.database, id);
    expect(await shown()).toEqual(["own-canary", "own-canary"]);
  });

  it("let an ADMIN who seals a column without a server bring it to its end, and nobody else", async () => {
    const id = own.columnIds.text ?? "";
    const { claims } = own.owner.caller;
    const changed = await access.call(claims, "update_column", { id, changes: { sensitive: true } });
    expect(changed).toMatchObject({ converting: true });
    const member = await memberOf(test.database, own.owner, "MEMBER");
    const code = (person: DatabasePerson) =>
      access
        .call(person.caller.claims, "convert_column", { column_id: id })
        .catch((error: pg.DatabaseError) => error.code);
    expect([await code(member), await code(foreign.owner)]).toEqual(["CR403", "CR404"]);
    let column = changed as Row;
    while (column.converting) column = (await access.call(claims, "convert_column", { column_id: id })) as Row;
    const { rows } = await test.admin.query("select r.values::text as open from cloakroom.rows r where r.values ? $1", [
      id,
    ]);
    expect(rows).toEqual([]);
    await call(test.database, "update_column", { id, changes: { sensitive: false, unseal: true } }, own.owner.caller);
    await convertToEnd(test.database, id);
  });

  it("find rows by index: of a table, of an id and of everybody's, without going through others'", async () => {
    const caller = foreign.owner.caller;
    const rows = Array.from({ length: 1000 }, () => ({}));
    for (let batch = 0; batch < 5; batch++)
      await call(test.database, "add_rows", { tableId: foreign.tableId, rows }, caller);
    await test.admin.query("analyze cloakroom.rows, cloakroom.tables, cloakroom.columns");
    for (const where of [`table_id = '${own.tableId}'`, `id = '${own.rowId}'`]) {
      const removed = await access.request({ claims: own.owner.caller.claims }, async (client) => {
        const { rows } = await client.query(
          `explain (analyze, timing off, costs off) select * from cloakroom_api.rows where ${where}`,
        );
        return rows.map((line) => String(line["QUERY PLAN"])).filter((line) => /Removed by Filter: \d{4}/.test(line));
      });
      expect(removed).toEqual([]);
    }
  });

  it("show the service and anon nothing", async () => {
    await expect(
      access.request({ claims: {}, role: "anon" }, (client) => client.query("select * from cloakroom_api.rows")),
    ).rejects.toMatchObject({ code: "42501" });
    const client = await test.admin.connect();
    await client.query("begin; set local role service_role");
    await expect(client.query("select * from cloakroom_api.rows")).rejects.toMatchObject({ code: "42501" });
    await client.query("rollback");
    client.release();
    await expect(call(test.database, "rows", { tableIds: [own.tableId] }, server)).rejects.toMatchObject({
      sqlState: "42501",
    });
  });
});
