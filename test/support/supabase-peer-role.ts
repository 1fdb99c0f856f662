import { createHmac } from "node:crypto";
import pg from "pg";

/**
 * PostgREST's login role on Supabase: without inheritance and without rights of its own, a member of the API roles.
 * Made where the cluster has none; several test files may ask at once, and get the same password.
 * @returns the database's URL as that role
 */
export async function authenticatorUrl(adminUrl: string): Promise<string> {
  const password = createHmac("sha256", new URL(adminUrl).password).update("authenticator").digest("hex");
  // One database for all: a lock holds within a database, and roles are the cluster's.
  const client = new pg.Client(Object.assign(new URL(adminUrl), { pathname: "postgres" }).href);
  await client.connect();
  try {
    await client.query("begin");
    await client.query("select pg_advisory_xact_lock(hashtext('authenticator'))");
    const { rowCount } = await client.query("select from pg_roles where rolname = 'authenticator'");
    if (!rowCount) await client.query(`create role authenticator login noinherit password '${password}'`);
    await client.query("grant anon, authenticated, service_role to authenticator");
    await client.query("commit");
  } finally {
    await client.end();
  }
  return Object.assign(new URL(adminUrl), { username: "authenticator", password }).href;
}
