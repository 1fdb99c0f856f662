import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { serverRolePassword, serverUrl } from "../../src/database/login-role.js";
import { type MigrateOptions, migrate } from "../../src/database/migrate.js";
import { ownMigrationsDirectory } from "../../src/database/migration-files.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";

let db: TestDatabase;
let directory: string;
let options: MigrateOptions;

const write = async (name: string, sql: string) => {
  const file = path.join(directory, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, sql);
};
const defineFunction = (name: string, signature = "()", result = "int", body = "select 1", schema = "api") =>
  write(
    `current/functions/${schema}/${name}.sql`,
    `create or replace function cloakroom_${schema}.${name}${signature} returns ${result} language sql stable
     security definer set search_path = '' as $$ ${body} $$;`,
  );
const column = async (sql: string): Promise<unknown[]> =>
  (await db.admin.query({ text: sql, rowMode: "array" })).rows.map((row: unknown[]) => row[0]);
const functions = () =>
  column(`select p.proname || ' ' || pg_get_userbyid(p.proowner) from pg_proc p
    where p.pronamespace in ('cloakroom_api'::regnamespace, 'cloakroom_private'::regnamespace) order by 1`);

/** A small set of migrations of our own on the real foundation, in an empty database. */
beforeEach(async () => {
  db = await createTestDatabase("template0");
  directory = await mkdtemp(path.join(tmpdir(), "cloakroom-migrate-"));
  await copyFile(path.join(ownMigrationsDirectory, "0001_foundation.sql"), path.join(directory, "0001_foundation.sql"));
  await write("0002_things.sql", "set local role cloakroom_owner; create table cloakroom.things (id int);");
  await defineFunction("things", "()", "setof cloakroom.things", "select cloakroom_private.any_things()", "api");
  await defineFunction("any_things", "()", "setof cloakroom.things", "select * from cloakroom.things", "private");
  await write("current/grants.sql", "revoke all on all functions in schema cloakroom_api from public;");
  const password = serverRolePassword(db.rootKey);
  const log = () => undefined;
  options = {
    adminUrl: db.adminUrl,
    rootKey: db.rootKey,
    serverRolePassword: password,
    log,
    migrationsDirectory: directory,
  };
});
afterEach(async () => {
  await db?.drop();
  await rm(directory, { recursive: true, force: true });
});

test("eight servers that start at once on an empty database all succeed, and each file ran once", async () => {
  const whole = { ...options, migrationsDirectory: ownMigrationsDirectory };
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => migrate(whole)));
  const applied = outcomes.flatMap((outcome) => outcome.applied);
  expect(new Set(applied).size).toBe(applied.length);
  expect(await column("select name from cloakroom_private.migrations order by 1")).toEqual([...applied].sort());
});

test("a second run does nothing", async () => {
  expect((await migrate(options)).applied).toEqual(["0001_foundation.sql", "0002_things.sql", "current"]);
  const before = await column("select xmin::text from pg_proc where proname = 'things'");
  expect((await migrate(options)).applied).toEqual([]);
  expect(await column("select xmin::text from pg_proc where proname = 'things'")).toEqual(before);
});

test("one killed in the middle leaves nothing half done, and the next one goes on without waiting for it", async () => {
  const quick = "set local role cloakroom_owner; create table cloakroom.halves (id int);";
  await write("0003_slow.sql", `${quick} select pg_sleep(600);`);
  const child = spawn(
    process.execPath,
    ["--import", "tsx", fileURLToPath(new URL("../support/migrate-child.ts", import.meta.url))],
    {
      env: { ...process.env, ADMIN_URL: db.adminUrl, ROOT_KEY: db.rootKey, MIGRATIONS: directory },
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  const asleep =
    "select count(*)::int from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'";
  await expect.poll(() => column(asleep), { timeout: 20_000 }).toEqual([1]);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(await column("select name from cloakroom_private.migrations order by 1")).toEqual([
    "0001_foundation.sql",
    "0002_things.sql",
  ]);
  await write("0003_slow.sql", quick);
  expect((await migrate(options)).applied).toEqual(["0003_slow.sql", "current"]);
});

test("an edited file and a missing one are refused by name before anything runs", async () => {
  await migrate(options);
  await write("0003_next.sql", "select 1;");
  await write("0002_things.sql", "create table cloakroom.others (id int);");
  await expect(migrate(options)).rejects.toThrow(/^The migration 0002_things\.sql was edited/);
  await rm(path.join(directory, "0002_things.sql"));
  await expect(migrate(options)).rejects.toThrow(/^The migration 0002_things\.sql .* missing\.$/);
  expect(await column("select name from cloakroom_private.migrations where name like '0003%'")).toEqual([]);
});

test("a failing file is named with its line, leaves nothing behind, and quotes no data", async () => {
  await write("0003_typo.sql", "set local role cloakroom_owner;\ncreate table cloakroom.lost (id int);\nselekt 1;");
  await expect(migrate(options)).rejects.toThrow("Migrating (0003_typo.sql, line 3) failed with 42601");
  await write("0003_typo.sql", "create table cloakroom.lost (id int);\nselect 'canary-77'::int;");
  await expect(migrate(options)).rejects.toThrow(/^(?!.*canary-77).*0003_typo\.sql.*22P02/);
  expect(await column("select to_regclass('cloakroom.lost')")).toEqual([null]);
});

test("a function whose file is gone is dropped, and every function belongs to cloakroom_owner", async () => {
  await defineFunction("gone", "()", "int", "select cloakroom_private.also_gone()");
  await defineFunction("also_gone", "()", "int", "select 1", "private");
  await migrate(options);
  expect(await functions()).toHaveLength(4);
  for (const name of ["api/gone", "private/also_gone"]) await rm(path.join(directory, `current/functions/${name}.sql`));
  expect((await migrate(options)).applied).toEqual(["current"]);
  expect(await functions()).toEqual(["any_things cloakroom_owner", "things cloakroom_owner"]);
});

test("a function may change its arguments and its result: the former one does not live on beside it", async () => {
  await defineFunction("changing", "(first int)", "int");
  await migrate(options);
  await defineFunction("changing", "(first text, second int)", "text", "select ''");
  await migrate(options);
  await defineFunction("changing", "(first text, renamed int)", "setof text", "select ''");
  await migrate(options);
  expect(
    await column("select pg_get_function_identity_arguments(oid) from pg_proc where proname = 'changing'"),
  ).toEqual(["first text, renamed integer"]);
});

test("overloads, and functions in a file of another name, are refused by name", async () => {
  const twice = ["(a int)", "(a text)"].map(
    (signature) => `create or replace function cloakroom_api.twice${signature} returns int language sql as 'select 1';`,
  );
  await write("current/functions/api/twice.sql", twice.join("\n"));
  await expect(migrate(options)).rejects.toThrow("Overloaded functions are refused: cloakroom_api.twice");
  await write("current/functions/api/twice.sql", twice[0]?.replace("api.twice", "private.misplaced") ?? "");
  await expect(migrate(options)).rejects.toThrow(/cloakroom_private\.misplaced/);
  expect(await column("select to_regproc('cloakroom_private.misplaced')")).toEqual([null]);
});

test("an owner whom grants.sql no longer names falls back to cloakroom_owner", async () => {
  await write("current/grants.sql", "alter function cloakroom_private.any_things() owner to cloakroom_guard;");
  await migrate(options);
  expect(await functions()).toContain("any_things cloakroom_guard");
  await write("current/grants.sql", "select 1;");
  await migrate(options);
  expect(await functions()).toContain("any_things cloakroom_owner");
});

test("the login role has the derived password, inherits nothing, and can become the API roles alone", async () => {
  await migrate(options);
  const client = new pg.Client(serverUrl(db.adminUrl, serverRolePassword(db.rootKey)));
  await client.connect();
  const { rows } = await client.query(
    `select r.rolname as name, pg_has_role(r.oid, 'member') as may_become, pg_has_role(r.oid, 'usage') as inherits
     from pg_roles r where r.rolname !~ '^pg_' and pg_has_role(r.oid, 'member') and r.rolname <> current_user order by 1`,
  );
  expect(rows).toEqual(
    ["anon", "authenticated", "service_role"].map((name) => ({ name, may_become: true, inherits: false })),
  );
  await client.end();
});
