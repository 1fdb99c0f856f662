import type pg from "pg";
import { holds } from "./canaries.js";

/** Every row of every table of ours and of the vault, as text: what someone with the database's files could read. */
export async function tableDump(admin: pg.Pool): Promise<string> {
  const { rows: tables } = await admin.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname in ('cloakroom', 'cloakroom_private', 'vault', 'public') order by 1`,
  );
  const dumps: string[] = [];
  for (const { name } of tables) {
    const { rows } = await admin.query<{ line: string }>(`select t::text as line from ${name} t`);
    dumps.push(`${name}\n${rows.map((row) => row.line).join("\n")}`);
  }
  return dumps.join("\n");
}

/** Those of the canaries that stand in a text, in any common form. */
export function canariesIn(text: string, canaries: readonly string[]): string[] {
  const bytes = Buffer.from(text);
  return canaries.filter((canary) => holds(bytes, canary));
}
