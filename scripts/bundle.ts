import { readFile } from "node:fs/promises";
import { hashOfCurrent, stepsOfCurrent } from "../src/database/current-definitions.js";
import { ensureLoginRole } from "../src/database/login-role.js";
import { bookkeeping, lockNumber } from "../src/database/migrate.js";
import { readMigrationFiles, type SqlFile } from "../src/database/migration-files.js";

/**
 * All migrations as one SQL text that may be run again: numbered files that were applied are passed over, an edited one
 * is refused, definitions are renewed, and a database of a later release is left as it is. Every statement is whole by
 * itself and none begins or ends a transaction or leaves another role behind, so the text means the same in one query,
 * statement by statement, inside somebody's transaction, and after `set role`, as the Supabase CLI logs in.
 */
export async function bundleText(): Promise<string> {
  const { numbered, current } = await readMigrationFiles();
  const { version } = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));
  const names = numbered.map(({ name }) => name);
  const definitions = stepsOfCurrent(current, "in the catalog").map(({ sql }) => executed(sql));
  const parts = [
    `-- Cloakroom ${version}: its schemas, tables and functions, for the SQL editor or the migrations of a Supabase project.
-- Running it again does no harm.
select set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true);`,
    block("bookkeeping", [executed(bookkeeping)]),
    ...numbered.map((file) => block(file.name, [onlyOnLaterRelease(names), applyOnce(file)])),
    block("the login role, without a password until a server migrates", [executed(ensureLoginRole)]),
    block("current", [onlyOnLaterRelease(names), ...definitions, record("current", hashOfCurrent(current))]),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** `reset role` would end in the role that logged in, which need not be the one that migrates. */
function block(label: string, statements: readonly string[]): string {
  return `-- ${label}
do $cloakroom_block$
declare
  v_back text := format('set local role %I', current_user);
  v_applied text;
begin
  set local client_min_messages = warning;
  perform pg_advisory_xact_lock(${lockNumber});
${statements.join("\n")}
end $cloakroom_block$;`;
}

function executed(sql: string): string {
  if (/\$cloakroom_(block|step)\$/.test(sql))
    throw new Error("A migration may not use the quotes $cloakroom_block$ and $cloakroom_step$.");
  return `execute replace($cloakroom_step$${sql.trim()}$cloakroom_step$, 'reset role', v_back);\nexecute v_back;`;
}

/** What this text does not know, a later one applied, whose definitions must not go back to these. */
function onlyOnLaterRelease(names: readonly string[]): string {
  const known = ["current", ...names].map((name) => `'${name}'`).join(", ");
  return `if exists (select from cloakroom_private.migrations m where m.name <> all (array[${known}])) then
  return;
end if;`;
}

function applyOnce({ name, sql, sha256 }: SqlFile): string {
  return `select m.sha256 into v_applied from cloakroom_private.migrations m where m.name = '${name}';
if v_applied is null then
${executed(sql)}
${record(name, sha256)}
elsif v_applied <> '${sha256}' then
  raise exception 'The migration ${name} was edited after it was applied to this database.';
end if;`;
}

function record(name: string, hash: string): string {
  return `insert into cloakroom_private.migrations (name, sha256) values ('${name}', '${hash}')
  on conflict (name) do update set sha256 = excluded.sha256, applied_at = now();`;
}
