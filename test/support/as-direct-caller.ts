import type pg from "pg";
import type { TestDatabase } from "./database.js";
import type { DatabasePerson } from "./people.js";

/** Runs statements as PostgREST does for a signed-in user: their claims, role `authenticated`, no dispatcher around. */
export async function asDirectCaller<Result>(
  { admin, rootKey }: TestDatabase,
  { caller }: Pick<DatabasePerson, "caller">,
  run: (query: (text: string, values?: unknown[]) => Promise<pg.QueryResult>) => Promise<Result>,
): Promise<Result> {
  const client = await admin.connect();
  try {
    await client.query("begin");
    await client.query(
      "select set_config('request.jwt.claims', $1, true), set_config('cloakroom.root_key', $2, true)",
      [JSON.stringify(caller.claims), rootKey],
    );
    await client.query("set local role authenticated");
    return await run((text, values = []) => client.query(text, values));
  } finally {
    await client.query("rollback");
    client.release();
  }
}
