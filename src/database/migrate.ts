import pg from "pg";
import { hashOfCurrent, type Step, stepsOfCurrent } from "./current-definitions.js";
import type { Log } from "./log.js";
import { ensureLoginPassword, ensureLoginRole } from "./login-role.js";
import { migrationError } from "./migration-error.js";
import { readMigrationFiles, type SqlFile } from "./migration-files.js";
import { refuseLoginRole, refuseTransactionPooler } from "./session-address.js";

export interface MigrateOptions {
  /** A role that may make roles and schemas; a session connection, no transaction pooler. */
  readonly adminUrl: string;
  /** Null where the vault is a Supabase project's own. */
  readonly rootKey: string | null;
  /** Null where nobody logs in as the login role, since a Supabase project answers requests. */
  readonly serverRolePassword: string | null;
  readonly log: Log;
  readonly migrationsDirectory?: string;
}

/** Any fixed number: all servers of one database wait for each other under it. */
export const lockNumber = 4_093_881_274;
const currentRow = "current";

/** The runner's own table, made under the lock; 0001 hands it to cloakroom_owner. */
export const bookkeeping = `
create schema if not exists cloakroom_private;
create table if not exists cloakroom_private.migrations (
  name text primary key,
  sha256 text not null,
  applied_at timestamptz not null default now()
);`;

/**
 * Brings a database to this version. Safe when several start at once, since all of it happens under one advisory lock,
 * and when killed in the middle, since each numbered file and all of `current/` are one transaction each together with
 * their row in `cloakroom_private.migrations`.
 * @returns the numbered files that were applied, and `current` where the definitions were
 * @throws Error with one sentence: an edited or missing applied file by name, or the file that failed and why
 */
export async function migrate(options: MigrateOptions): Promise<{ applied: string[] }> {
  const files = await readMigrationFiles(options.migrationsDirectory);
  const client = await connect(options);
  try {
    await client.query("select pg_advisory_lock($1)", [lockNumber]);
    const known = await appliedMigrations(client);
    const pending = pendingFiles(files.numbered, known);
    const applied: string[] = [];
    for (const file of pending) {
      await inTransaction(client, options.rootKey, [{ label: file.name, sql: `${file.sql}\nreset role;` }], file);
      options.log("migration applied", { migration: file.name });
      applied.push(file.name);
    }
    await inTransaction(client, options.rootKey, [{ label: "the login role", sql: ensureLoginRole }]);
    const hash = hashOfCurrent(files.current);
    if (known.get(currentRow) !== hash) {
      const row = { name: currentRow, sha256: hash };
      await inTransaction(client, options.rootKey, stepsOfCurrent(files.current), row);
      options.log("migration applied", { migration: currentRow });
      applied.push(currentRow);
    }
    if (options.serverRolePassword !== null)
      await ensureLoginPassword(client, options.adminUrl, options.serverRolePassword);
    return { applied };
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The session gives up by itself soon after we are killed, instead of finishing a long file that nobody waits for. */
async function connect({ adminUrl, log }: MigrateOptions): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: adminUrl,
    connectionTimeoutMillis: 15_000,
    application_name: "cloakroom migrate",
    keepAlive: true,
  });
  client.on("error", () => undefined);
  client.on("notice", (notice) => {
    if (notice.severity === "WARNING" && notice.message) log(notice.message);
  });
  refuseLoginRole(adminUrl);
  await client.connect();
  try {
    await refuseTransactionPooler(client, adminUrl);
  } catch (error) {
    await client.end();
    throw error;
  }
  const { rows } = await client.query("select current_setting('server_version_num')::integer as version");
  if (rows[0].version < 150_000) {
    await client.end();
    throw new Error("The database is older than Postgres 15, the oldest that Cloakroom works with.");
  }
  await client.query("set statement_timeout = 0; set lock_timeout = 0; set idle_in_transaction_session_timeout = 0");
  await client.query("set client_min_messages = warning");
  await client.query("set client_connection_check_interval = '2s'").catch(() => undefined);
  return client;
}

async function appliedMigrations(client: pg.Client): Promise<Map<string, string>> {
  const { rows: found } = await client.query(
    "select to_regclass('cloakroom_private.migrations') is not null as exists",
  );
  if (!found[0].exists) await client.query(bookkeeping);
  const { rows } = await client.query<{ name: string; sha256: string }>(
    "select name, sha256 from cloakroom_private.migrations",
  );
  return new Map(rows.map((row) => [row.name, row.sha256]));
}

function pendingFiles(files: readonly SqlFile[], known: ReadonlyMap<string, string>): SqlFile[] {
  const names = new Set(files.map((file) => file.name));
  for (const name of known.keys())
    if (name !== currentRow && !names.has(name))
      throw new Error(`The migration ${name} was applied to this database, but its file is missing.`);
  for (const file of files)
    if (known.has(file.name) && known.get(file.name) !== file.sha256)
      throw new Error(
        `The migration ${file.name} was edited after it was applied to this database: restore it, and write a new one.`,
      );
  return files.filter((file) => !known.has(file.name));
}

async function inTransaction(
  client: pg.Client,
  rootKey: string | null,
  steps: readonly Step[],
  row?: { readonly name: string; readonly sha256: string },
): Promise<void> {
  let running: Step = { label: row?.name ?? "", sql: "" };
  try {
    await client.query("begin");
    await client.query("select set_config('cloakroom.root_key', $1, true)", [rootKey ?? ""]);
    for (const step of steps) {
      running = step;
      await client.query(step.sql);
    }
    if (row)
      await client.query(
        `insert into cloakroom_private.migrations (name, sha256) values ($1, $2)
         on conflict (name) do update set sha256 = excluded.sha256, applied_at = now()`,
        [row.name, row.sha256],
      );
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    throw migrationError(running.label, running.sql, error);
  }
}
