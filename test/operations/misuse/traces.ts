import { createHash } from "node:crypto";
import type pg from "pg";
import type { GraphqlAnswer } from "../../support/server.js";
import { canary } from "./hostile-values.js";

/** The codes of the contract; INTERNAL_SERVER_ERROR is one for our own faults alone. */
const codes = new Set([
  "UNAUTHENTICATED",
  "FORBIDDEN",
  "NOT_FOUND",
  "BAD_USER_INPUT",
  "INVALID_CODE",
  "CONFLICT",
  "RATE_LIMITED",
  "UPSTREAM_ERROR",
]);

const leaks = [
  canary,
  /\n\s+at /,
  /node_modules|\.[jt]s:\d|file:\/\//,
  /\b(select|insert into|update|delete from) [a-z_.]+ |cloakroom[._]|pg_|vault\.|SQLSTATE|violates|jsonb|plpgsql/,
  /\[object Object\]|undefined|NaN|Infinity/,
];

/** What is wrong with an answer to hostile input; null where it is as it should be. */
export function faultOf({ status, text, errors, data }: GraphqlAnswer<unknown>, mustRefuse: boolean): string | null {
  if (status !== 200 && status !== 400) return `status ${status}: ${text.slice(0, 300)}`;
  for (const { message, extensions } of errors)
    if (!codes.has(String(extensions?.code))) return `${extensions?.code}: ${message}`;
  const told = JSON.stringify(errors);
  const leak = leaks.find((pattern) => (typeof pattern === "string" ? told.includes(pattern) : pattern.test(told)));
  if (leak) return `${leak} in ${told.slice(0, 300)}`;
  if (told.length > 4000) return `${told.length} characters of errors: ${told.slice(0, 300)}`;
  if (errors.length === 0 && (mustRefuse || !data)) return `answered ${text.slice(0, 300)}`;
  return null;
}

/** What counts the use of a thing, and goes up though nothing is written. */
const counters = ["last_used_at", "attempts"];

/** A fingerprint of every row of every table: of ours, the migrations' and the vault's. */
export async function fingerprints(admin: pg.Pool): Promise<Record<string, string>> {
  const { rows: tables } = await admin.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname in ('cloakroom', 'cloakroom_private', 'vault', 'public') order by 1`,
  );
  const prints = tables.map(async ({ name }) => {
    const { rows } = await admin.query<{ line: string }>(
      `select (to_jsonb(t) - $1::text[])::text as line from ${name} t order by 1`,
      [counters],
    );
    const lines = rows.map(({ line }) => line);
    return [name, `${lines.length} rows ${createHash("sha256").update(lines.join("\n")).digest("hex")}`] as const;
  });
  return Object.fromEntries(await Promise.all(prints));
}

/** Lines of the server's log that say more than they may, or that something broke. */
export const badLines = (output: string): string[] =>
  output
    .split("\n")
    // An alert is a warning that is meant: so much hostile input is a spike.
    .filter((line) => line.includes(canary) || (/"level":(40|50|60)|request failed/.test(line) && !isAlert(line)))
    .map((line) => line.slice(0, 500));

const isAlert = (line: string) => /^\{"level":40,.*"msg":"alert"\}$/.test(line);

/** Runs what was prepared, a few at a time. */
export async function inTurns<Item, Result>(
  items: readonly Item[],
  run: (item: Item) => Promise<Result>,
  atOnce = 12,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) results[index] = await run(items[index] as Item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}
