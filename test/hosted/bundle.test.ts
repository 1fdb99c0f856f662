import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { bundleText } from "../../scripts/bundle.js";
import { catalogSnapshot } from "../../scripts/catalog-snapshot.js";
import { lockNumber } from "../../src/database/migrate.js";
import {
  createHostedDatabase,
  type HostedCluster,
  type HostedDatabase,
  migrateHosted,
  startHostedCluster,
} from "../support/hosted-database.js";

describe("the bundle for Supabase", () => {
  let cluster: HostedCluster;
  let text: string;
  let asMigrated: string;
  let hosted: HostedDatabase;
  beforeAll(async () => {
    cluster = await startHostedCluster();
    text = await bundleText();
    const other = await createHostedDatabase(cluster);
    asMigrated = await connected(other.adminUrl, catalogSnapshot);
    await other.drop();
  });
  beforeEach(async () => {
    hosted = await createHostedDatabase(cluster, { isMigrated: false });
    return () => hosted.drop();
  });
  afterAll(() => cluster.close());

  const expectMigrated = async () => {
    expect(await connected(hosted.adminUrl, catalogSnapshot)).toBe(asMigrated);
    expect(await migrateHosted(hosted.adminUrl, hosted.rootKey)).toEqual([]);
  };
  const isThere = async () =>
    (await hosted.admin.query("select to_regnamespace('cloakroom') is not null as there")).rows[0].there;

  it("makes what a server that migrates makes, as one query of the SQL editor, and again does no harm", async () => {
    await connected(hosted.adminUrl, (client) => client.query(text));
    await expectMigrated();
    await connected(hosted.adminUrl, (client) => client.query(text));
    await expectMigrated();
  });

  it("fits the SQL editor, which takes 0.98 MB", () => {
    expect(Buffer.byteLength(text)).toBeLessThan(0.75 * 1024 * 1024);
  });

  it("may be run statement by statement without a transaction, each of which is whole by itself", async () => {
    await connected(hosted.adminUrl, async (client) => {
      for (const statement of statementsOf(text)) await client.query({ text: statement, values: [] });
    });
    await expectMigrated();
  });

  it("stays inside a transaction that somebody else began, and goes with it", async () => {
    await connected(hosted.adminUrl, async (client) => {
      await client.query("begin");
      for (const statement of [...statementsOf(text), ...statementsOf(text)]) await client.query(statement);
      await client.query("rollback");
      expect(await isThere()).toBe(false);
      await client.query("begin");
      for (const statement of statementsOf(text)) await client.query(statement);
      await client.query("commit");
    });
    await expectMigrated();
  });

  it("keeps to the role that it was started as, when that is not the one who logged in", async () => {
    await connected(hosted.cliLoginUrl, async (client) => {
      await client.query("set session role postgres");
      await client.query("begin");
      for (const statement of statementsOf(text)) await client.query(statement);
      const { rows } = await client.query("select current_user as name");
      expect(rows).toEqual([{ name: "postgres" }]);
      await client.query("commit");
    });
    await expectMigrated();
  });

  it("waits for a server that is migrating", async () => {
    await connected(hosted.superuserUrl, async (server) => {
      await server.query("select pg_advisory_lock($1)", [lockNumber]);
      const running = connected(hosted.adminUrl, (client) => client.query(text));
      running.catch(() => undefined);
      const waiting = "select count(*)::int from pg_locks where locktype = 'advisory' and not granted";
      await expect.poll(async () => (await server.query(waiting)).rows, { timeout: 20_000 }).toEqual([{ count: 1 }]);
      expect(await isThere()).toBe(false);
      await server.query("select pg_advisory_unlock_all()");
      await running;
    });
    await expectMigrated();
  });

  it("leaves a database of a later release as it is", async () => {
    await migrateHosted(hosted.adminUrl, hosted.rootKey);
    await hosted.admin.query(`
      insert into cloakroom_private.migrations values ('9999_later.sql', 'hash');
      drop function cloakroom_api.me();`);
    await connected(hosted.adminUrl, (client) => client.query(text));
    const { rows } = await hosted.admin.query("select to_regproc('cloakroom_api.me') as me");
    expect(rows).toEqual([{ me: null }]);
  });

  it("refuses, naming it, a migration that was edited after it was applied", async () => {
    await migrateHosted(hosted.adminUrl, hosted.rootKey);
    await hosted.admin.query("update cloakroom_private.migrations set sha256 = 'x' where name = '0003_identity.sql'");
    await expect(connected(hosted.adminUrl, (client) => client.query(text))).rejects.toThrow(
      /0003_identity\.sql was edited/,
    );
  });
});

describe("npm run db:bundle -- --push", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "cloakroom-bundle-"));
    return () => rm(folder, { recursive: true, force: true });
  });

  it("writes a migration later than every other, and nothing where the latest of ours is this release", async () => {
    const name = (date: string, of = "cloakroom") => `${date}_${of}.sql`;
    await writeFile(path.join(folder, name("20250101000000", "theirs")), "");
    expect(await push(folder)).toContain(folder);
    const [, first = ""] = (await readdir(folder)).sort();
    expect(first).toMatch(/^20\d{12}_cloakroom\.sql$/);
    expect(await readFile(path.join(folder, first), "utf8")).toBe(await bundleText());
    expect(await push(folder)).toContain("holds this release already");
    expect(await readdir(folder)).toHaveLength(2);

    await writeFile(path.join(folder, name("29991231235959", "theirs")), "");
    await writeFile(path.join(folder, first), "-- an earlier release");
    await push(folder);
    expect((await readdir(folder)).sort().at(-1)).toBe(name("30000101000000"));
  });

  const push = async (to: string): Promise<string> => {
    const program = fileURLToPath(new URL("../../scripts/db-bundle.ts", import.meta.url));
    const args = ["--import", "tsx", program, "--push", to];
    return (await promisify(execFile)(process.execPath, args)).stdout;
  };
});

/** As a statement splitter sees it. */
const statementsOf = (text: string) =>
  text
    .split(/(?<=^end \$cloakroom_block\$;$|'lock_timeout', '0', true\);$)/m)
    .filter((statement) => statement.trim() !== "");

async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url);
  await client.connect();
  return work(client).finally(() => client.end());
}
