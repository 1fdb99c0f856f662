import { randomBytes } from "node:crypto";
import pg from "pg";
import { serverRolePassword } from "../../../src/database/login-role.js";
import { migrate } from "../../../src/database/migrate.js";
import type { MigratedDatabase } from "./open-postgres.js";

/** A new database on a server that is there, migrated; it is gone afterwards, the roles stay as the cluster's own. */
export async function createFreshDatabase(serverAdminUrl: string, rootKey: string): Promise<MigratedDatabase> {
  const name = `cloakroom_drivers_${randomBytes(6).toString("hex")}`;
  await runOn(serverAdminUrl, `create database ${name} template template0`);
  const adminUrl = Object.assign(new URL(serverAdminUrl), { pathname: name }).href;
  const drop = () => runOn(serverAdminUrl, `drop database ${name} with (force)`);
  try {
    await migrate({ adminUrl, rootKey, serverRolePassword: serverRolePassword(rootKey), log: () => undefined });
  } catch (error) {
    await drop();
    throw error;
  }
  return { adminUrl, rootKey, drop };
}

async function runOn(url: string, statement: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(statement).finally(() => client.end());
}
