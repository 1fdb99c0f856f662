import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { catalogSnapshot } from "../../scripts/catalog-snapshot.js";
import { contractOfCatalog } from "../../scripts/contract-of-catalog.js";
import { contractPath, snapshotPath } from "../../scripts/gen-contract.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";

const committed = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
/** Rows as one list, for PostgREST: it does nothing by itself, and calls what its caller may call. */
const callsAsItsCaller = "cloakroom_api.whole_list(text,jsonb)";
const quietEnding =
  /\nexception when others then\n {2}if sqlstate like 'CR%' then raise; end if;\n {2}perform cloakroom_private.refuse_quietly\(sqlstate, sqlerrm\);\n( {2}return null;\n)?end $/;
const functions = `
  select p.oid::regprocedure::text as name, p.*, n.nspname
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where n.nspname in ('cloakroom_api', 'cloakroom_private', 'vault')`;

describe("the catalog of a migrated database", () => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await createTestDatabase();
  });
  afterAll(() => test.drop());

  /** The names that a query finds; each query looks for what must not be. */
  const names = async (sql: string) => (await test.admin.query<{ name: string }>(sql)).rows.map(({ name }) => name);

  it("is the one that was reviewed: npm run gen:contract changes nothing", async () => {
    const client = await test.admin.connect();
    try {
      expect(await catalogSnapshot(client)).toBe(committed(snapshotPath));
      expect(await contractOfCatalog(client)).toBe(committed(contractPath));
    } finally {
      client.release();
    }
  });

  it("has a search_path on every function in which temporary objects come last", async () => {
    expect(
      await names(`select f.name from (${functions}) f
        where f.proconfig is null or not ('search_path=pg_catalog, pg_temp' = any (f.proconfig))`),
    ).toEqual([]);
  });

  it("has security definer on every callable function but one, none of which a role that passes row security owns", async () => {
    expect(
      await names(`select f.name from (${functions}) f join pg_roles r on r.oid = f.proowner
        where f.nspname = 'cloakroom_api' and (not f.prosecdef or r.rolsuper or r.rolbypassrls or r.rolcanlogin)`),
    ).toEqual([callsAsItsCaller]);
  });

  it("lets no callable function end with words that quote a value, or sort what is in the open on disk", async () => {
    const { rows } = await test.admin.query<{ name: string; prosrc: string; proconfig: string[] }>(
      `select f.* from (${functions}) f where f.nspname = 'cloakroom_api'`,
    );
    const others = rows.filter(
      ({ prosrc, proconfig }) => !quietEnding.test(prosrc) || !proconfig.includes("work_mem=1GB"),
    );
    expect(others.map(({ name }) => name)).toEqual([callsAsItsCaller]);
  });

  it("computes nothing that can fail where a function declares its variables, which its ending does not cover", async () => {
    expect(
      await names(`select f.name from (${functions}) f where f.nspname = 'cloakroom_api'
        and substring(f.prosrc from '^\\s*declare(.*?)\\nbegin') ~ ':=[^;]*(cloakroom_private|::)'`),
    ).toEqual([]);
  });

  it("has only volatile functions for users: PostgREST runs others in transactions that cannot write", async () => {
    expect(
      await names(`select f.name from (${functions}) f where f.nspname = 'cloakroom_api' and f.provolatile <> 'v'
        and has_function_privilege('authenticated', f.oid, 'execute')`),
    ).toEqual([]);
  });

  it("forces row security on every table of cloakroom", async () => {
    expect(
      await names(`select c.relname as name from pg_class c
        where c.relnamespace = 'cloakroom'::regnamespace and c.relkind in ('r', 'p')
          and not (c.relrowsecurity and c.relforcerowsecurity)`),
    ).toEqual([]);
  });

  it("lets neither anon nor PUBLIC call a function or touch a table", async () => {
    expect(
      await names(`select f.name from (${functions}) f
        where has_function_privilege('anon', f.oid, 'execute')
          or exists (select from aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a where a.grantee = 0)`),
    ).toEqual([]);
    expect(await tablesFor("anon")).toEqual([]);
  });

  it("lets cloakroom_server call the dispatcher and nothing else, and touch no table", async () => {
    expect(
      await names(`select p.oid::regprocedure::text as name from pg_proc p
        where p.pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
          and has_schema_privilege('cloakroom_server', p.pronamespace, 'usage')
          and has_function_privilege('cloakroom_server', p.oid, 'execute')`),
    ).toEqual(["cloakroom_private.invoke(text,jsonb,text,text,text,jsonb)"]);
    expect(await tablesFor("cloakroom_server")).toEqual([]);
  });

  it("lets the service reach data through functions alone, and users beside them read five views", async () => {
    const shown = ["columns", "members", "organizations", "rows", "tables"];
    expect(await tablesFor("service_role")).toEqual([]);
    expect((await tablesFor("authenticated")).sort()).toEqual(
      [
        ...shown.map((name) => `cloakroom_api.${name}`),
        ...shown.map((name) => `cloakroom_private.shown_${name}`),
      ].sort(),
    );
    expect(await tablesFor("authenticated", "insert, update, delete, truncate, references, trigger")).toEqual([]);
    expect(
      await names(`select c.oid::regclass::text as name from pg_class c
        where c.relnamespace = 'cloakroom_api'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
          and not ('security_invoker=true' = any (coalesce(c.reloptions, '{}')))`),
    ).toEqual([]);
  });

  it("lets users call of the private functions only what those views ask, and name none of them", async () => {
    const callable = (role: string) =>
      names(`select p.proname as name from pg_proc p where p.pronamespace = 'cloakroom_private'::regnamespace
        and has_function_privilege('${role}', p.oid, 'execute') order by 1`);
    expect(await callable("service_role")).toEqual([]);
    expect(await callable("authenticated")).toEqual([
      "caller_id",
      "caller_organizations",
      "is_service",
      "masks_of_plain_cells",
      "shares_organization",
    ]);
    expect(
      await names(`select n.nspname || ' ' || r.rolname as name from pg_namespace n, pg_roles r
        where n.nspname in ('cloakroom', 'cloakroom_private', 'vault') and r.rolname in ('anon', 'authenticated', 'service_role')
          and has_schema_privilege(r.oid, n.oid, 'usage')`),
    ).toEqual([]);
  });

  it("keeps schema public empty", async () => {
    expect(
      await names(`select relname as name from pg_class where relnamespace = 'public'::regnamespace
        union all select proname from pg_proc where pronamespace = 'public'::regnamespace`),
    ).toEqual([]);
  });

  const tablesFor = (role: string, privileges = "select, insert, update, delete, truncate, references, trigger") =>
    names(`select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('cloakroom', 'cloakroom_api', 'cloakroom_private', 'vault') and c.relkind in ('r', 'p', 'v', 'm', 'f')
        and (has_table_privilege('${role}', c.oid, '${privileges}')
          or has_any_column_privilege('${role}', c.oid, '${columnPrivileges(privileges)}'))`);
});

const columnPrivileges = (privileges: string) =>
  privileges
    .split(", ")
    .filter((privilege) => ["select", "insert", "update", "references"].includes(privilege))
    .join(", ");
