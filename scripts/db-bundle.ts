import { hashOfCurrent, type Step, stepsOfCurrent } from "../src/database/current-definitions.js";
import { ensureLoginRole } from "../src/database/login-role.js";
import { bookkeeping } from "../src/database/migrate.js";
import { readMigrationFiles, type SqlFile } from "../src/database/migration-files.js";

/**
 * `npm run db:bundle`: all migrations as one SQL text for an SQL editor or `supabase db push`. One transaction that may
 * be run again: numbered files that were applied are passed over, an edited one is refused, definitions are renewed.
 */
const { numbered, current } = await readMigrationFiles();
const steps: Step[] = [
  { label: "bookkeeping", sql: bookkeeping },
  ...numbered.map(guarded),
  { label: "the login role, without a password until a server migrates", sql: ensureLoginRole },
  ...stepsOfCurrent(current),
  { label: "bookkeeping", sql: record("current", hashOfCurrent(current)) },
];
const text = steps.map(({ label, sql }) => `-- ${label}\n${sql.trim()}\n`).join("\n");
process.stdout.write(`begin;\nset local client_min_messages = warning;\n\n${text}\ncommit;\n`);

/** A file runs inside a block that looks first; its own blocks nest, being quoted with tags of their own. */
function guarded({ name, sql, sha256 }: SqlFile): Step {
  if (sql.includes("$cloakroom_numbered$")) throw new Error(`${name} may not use the quotes $cloakroom_numbered$.`);
  return {
    label: name,
    sql: `do $cloakroom_guard$
declare
  v_applied text := (select m.sha256 from cloakroom_private.migrations m where m.name = '${name}');
begin
  if v_applied is null then
    execute $cloakroom_numbered$${sql}$cloakroom_numbered$;
    reset role;
    ${record(name, sha256)}
  elsif v_applied <> '${sha256}' then
    raise exception 'The migration ${name} was edited after it was applied to this database.';
  end if;
end $cloakroom_guard$;`,
  };
}

function record(name: string, hash: string): string {
  return `insert into cloakroom_private.migrations (name, sha256) values ('${name}', '${hash}')
    on conflict (name) do update set sha256 = excluded.sha256, applied_at = now();`;
}
