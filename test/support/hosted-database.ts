import pg from "pg";
import { inject } from "vitest";
import { serverRolePassword, serverUrl } from "../../src/database/login-role.js";
import { migrate } from "../../src/database/migrate.js";
import { createPostgresDatabase } from "../../src/database/postgres.js";
import type { TestDatabase } from "./database.js";
import { type HostedCluster, startHostedCluster } from "./hosted-cluster.js";

export { type HostedCluster, startHostedCluster };

/** As a test database, but `adminUrl` is that of the hosted `postgres`, while the pool `admin` is the superuser's. */
export interface HostedDatabase extends TestDatabase {
  readonly superuserUrl: string;
  readonly authenticatorUrl: string;
  readonly cliLoginUrl: string;
}

/**
 * A database of the hosted shape, migrated as its `postgres`; in a cluster of its own, which goes with it, where none
 * is given. `isMigrated: false` leaves it as Supabase hands it over.
 */
export async function createHostedDatabase(
  given?: HostedCluster,
  { isMigrated = true }: { readonly isMigrated?: boolean } = {},
): Promise<HostedDatabase> {
  const cluster = given ?? (await startHostedCluster());
  const name = await cluster.createDatabase();
  const at = (url: string) => Object.assign(new URL(url), { pathname: name }).href;
  const adminUrl = at(cluster.adminUrl);
  const superuserUrl = at(cluster.superuserUrl);
  const rootKey = inject("rootKey");
  if (isMigrated) await migrateHosted(adminUrl, rootKey);
  const url = serverUrl(adminUrl, serverRolePassword(rootKey));
  const database = createPostgresDatabase({ url, rootKey, poolSize: 4, log: () => undefined });
  const admin = new pg.Pool({ connectionString: superuserUrl, max: 4 });
  admin.on("error", () => undefined);
  const drop = async () => {
    await Promise.all([database.close(), admin.end()]);
    if (!given) await cluster.close();
  };
  const logins = { authenticatorUrl: at(cluster.authenticatorUrl), cliLoginUrl: at(cluster.cliLoginUrl) };
  return { name, adminUrl, url, rootKey, database, admin, drop, superuserUrl, ...logins };
}

/** Brings it to this version as `postgres`. @returns what was applied */
export async function migrateHosted(adminUrl: string, rootKey: string): Promise<readonly string[]> {
  const password = serverRolePassword(rootKey);
  const { applied } = await migrate({ adminUrl, rootKey, serverRolePassword: password, log: () => undefined });
  return applied;
}
