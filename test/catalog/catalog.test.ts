import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { catalogSnapshot } from "../../scripts/catalog-snapshot.js";
import { contractOfCatalog } from "../../scripts/contract-of-catalog.js";
import { contractPath, snapshotPath } from "../../scripts/gen-contract.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";

const committed = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
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

  it("has security definer on every callable function, none of which a role that passes row security owns", async () => {
    expect(
      await names(`select f.name from (${functions}) f join pg_roles r on r.oid = f.proowner
        where f.nspname = 'cloakroom_api' and (not f.prosecdef or r.rolsuper or r.rolbypassrls or r.rolcanlogin)`),
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

  it("lets users and the service reach data through functions alone", async () => {
    expect(await tablesFor("authenticated")).toEqual([]);
    expect(await tablesFor("service_role")).toEqual([]);
    expect(
      await names(`select f.name from (${functions}) f where f.nspname = 'cloakroom_private'
        and (has_function_privilege('authenticated', f.oid, 'execute') or has_function_privilege('service_role', f.oid, 'execute'))`),
    ).toEqual([]);
  });

  it("keeps schema public empty", async () => {
    expect(
      await names(`select relname as name from pg_class where relnamespace = 'public'::regnamespace
        union all select proname from pg_proc where pronamespace = 'public'::regnamespace`),
    ).toEqual([]);
  });

  const tablesFor = (role: string) =>
    names(`select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('cloakroom', 'cloakroom_private') and c.relkind in ('r', 'p', 'v')
        and has_table_privilege('${role}', c.oid, 'select, insert, update, delete, truncate')`);
});
