import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { catalogSnapshot } from "../../scripts/catalog-snapshot.js";
import { ownMigrationsDirectory } from "../../src/database/migration-files.js";
import { createTestDatabase } from "../support/database.js";
import { isOnDisk } from "../support/disk-search.js";
import {
  createHostedDatabase,
  type HostedCluster,
  type HostedDatabase,
  migrateHosted,
  startHostedCluster,
} from "../support/hosted-database.js";
import { call, signInTo } from "../support/people.js";

describe("on a hosted Supabase project, whose `postgres` is no superuser", () => {
  let cluster: HostedCluster;
  let hosted: HostedDatabase;
  /** What belongs to Supabase, before we came. */
  let before: unknown[];
  beforeAll(async () => {
    cluster = await startHostedCluster();
    hosted = await createHostedDatabase(cluster, { isMigrated: false });
    before = await supabasesOwn();
    await migrateHosted(hosted.adminUrl, hosted.rootKey);
  });
  afterAll(async () => {
    await hosted.drop();
    await cluster.close();
  });

  const query = async (sql: string, args: unknown[] = []) => (await hosted.admin.query(sql, args)).rows;
  const supabasesOwn = () =>
    query(`
      select r.rolname as name, r.*, (select array_agg(m.roleid::regrole || ' ' || m.admin_option order by 1)
        from pg_auth_members m where m.member = r.oid and m.roleid::regrole::text !~ '^cloakroom_')
      from pg_roles r where r.rolname !~ '^(pg_|cloakroom_)' order by 1`);

  it("migrations of a new project run as `postgres`, and a second run finds nothing to do", async () => {
    expect(
      await query("select rolsuper, rolcreaterole, rolbypassrls from pg_roles where rolname = 'postgres'"),
    ).toEqual([{ rolsuper: false, rolcreaterole: true, rolbypassrls: true }]);
    expect(await migrateHosted(hosted.adminUrl, hosted.rootKey)).toEqual([]);
  });

  it("Supabase's own roles keep their attributes, settings and memberships", async () => {
    expect(await supabasesOwn()).toEqual(before);
  });

  it("schema public stays empty, and the Data API's roles get nothing by Supabase's default grants", async () => {
    expect(
      await query(`select relname as name from pg_class where relnamespace = 'public'::regnamespace
        union all select proname from pg_proc where pronamespace = 'public'::regnamespace`),
    ).toEqual([]);
    expect(
      await query(`select p.oid::regprocedure::text as name from pg_proc p
        where p.pronamespace::regnamespace::text ~ '^cloakroom' and has_function_privilege('anon', p.oid, 'execute')`),
    ).toEqual([]);
  });

  it("the catalog is that of any other Postgres, but for the Vault and the API roles, which are Supabase's", async () => {
    const plain = await createTestDatabase();
    const ours = (text: string) =>
      text.split("\n").filter((line) => !/^vault[ .]|\bON vault\.|^(anon|authenticated|service_role) \|/.test(line));
    try {
      const [there, here] = [await snapshotAs(hosted.adminUrl), await snapshotAs(plain.adminUrl)];
      expect(ours(there)).toEqual(ours(here));
      expect(there).not.toContain("vault.secrets | owner cloakroom_owner");
    } finally {
      await plain.drop();
    }
  });

  it("secrets go to Supabase Vault and come back, and no plaintext is left on its disk", async () => {
    await query("select vault.create_secret('canary-of-the-flaw')");
    expect(await isOnDisk(hosted.admin, "vault.secrets", "canary-of-the-flaw")).toBe(true);
    const owner = await signInTo(hosted.database);
    const apiKey = "sk-canary-hosted-provider-key-0001";
    const { id } = await call<{ id: string }>(
      hosted.database,
      "insert_provider_key",
      { organizationId: owner.organizationId, provider: "openai", apiKey },
      owner.caller,
    );
    expect(
      await query("select decrypted_secret from vault.decrypted_secrets where name = $1", [`provider_key:${id}`]),
    ).toEqual([{ decrypted_secret: apiKey }]);
    expect(await isOnDisk(hosted.admin, "vault.secrets", apiKey)).toBe(false);
  });

  it("nothing is updated or deleted without a where, which safeupdate refuses to the Data API's calls", async () => {
    const functions = await query(
      "select proname as name, prosrc as body from pg_proc where pronamespace::regnamespace::text ~ '^cloakroom'",
    );
    const statements = functions.flatMap(({ name, body }) =>
      body
        .replaceAll(/--.*$/gm, "")
        .split(";")
        .map((sql: string) => ({ name, sql: sql.trim() })),
    );
    const sweeping = /(^|[(\s])(update\s+[a-z_]+\.[a-z_]+(\s+[a-z]+)?\s+set|delete\s+from)\b/i;
    expect(statements.filter(({ sql }) => sweeping.test(sql)).length).toBeGreaterThan(10);
    expect(statements.filter(({ sql }) => sweeping.test(sql) && !/\bwhere\b/i.test(sql))).toEqual([]);
  });

  it("two servers that start at once on a new project both succeed, and each file ran once", async () => {
    const other = await createHostedDatabase(cluster, { isMigrated: false });
    try {
      expect(await Promise.all([startMigrating(other), startMigrating(other)])).toEqual([0, 0]);
      expect(await migrateHosted(other.adminUrl, other.rootKey)).toEqual([]);
      await signInTo(other.database);
    } finally {
      await other.drop();
    }
  });

  it("a project whose Vault was switched off gets it back", async () => {
    const other = await createHostedDatabase(cluster, { isMigrated: false });
    try {
      await other.admin.query("drop extension supabase_vault; drop schema if exists vault");
      await migrateHosted(other.adminUrl, other.rootKey);
      await signInTo(other.database);
      const { rows } = await other.admin.query(
        "select count(*)::int > 0 as used from vault.secrets where key_id is null and description is not null",
      );
      expect(rows).toEqual([{ used: true }]);
    } finally {
      await other.drop();
    }
  });
});

async function snapshotAs(url: string): Promise<string> {
  const client = new pg.Client(url);
  await client.connect();
  return catalogSnapshot(client).finally(() => client.end());
}

/** @returns the exit code of a server process that migrates */
async function startMigrating({ adminUrl, rootKey }: HostedDatabase): Promise<number> {
  const program = fileURLToPath(new URL("../support/migrate-child.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", program], {
    env: { ...process.env, ADMIN_URL: adminUrl, ROOT_KEY: rootKey, MIGRATIONS: ownMigrationsDirectory },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [code] = await once(child, "exit");
  return code;
}
