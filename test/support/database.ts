import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { serverRolePassword, serverUrl } from "../../src/database/login-role.js";
import type { Database } from "../../src/database/port.js";
import { createPostgresDatabase } from "../../src/database/postgres.js";

export interface TestDatabase {
  readonly name: string;
  /** As the superuser. */
  readonly adminUrl: string;
  /** As `cloakroom_server`. */
  readonly url: string;
  readonly rootKey: string;
  readonly database: Database;
  readonly admin: pg.Pool;
  drop(): Promise<void>;
}

/** A database of one's own, migrated: a clone of the run's template, or empty where `from` says `template0`. */
export async function createTestDatabase(from = inject("templateName")): Promise<TestDatabase> {
  const name = `cloakroom_test_${randomBytes(6).toString("hex")}`;
  const rootKey = inject("rootKey");
  await runAsClusterAdmin(`create database ${name} template ${from}`);
  const adminUrl = Object.assign(new URL(inject("adminUrl")), { pathname: name }).href;
  const url = serverUrl(adminUrl, serverRolePassword(rootKey));
  const database = createPostgresDatabase({ url, rootKey, poolSize: 4, log: () => undefined });
  const admin = new pg.Pool({ connectionString: adminUrl, max: 4 });
  admin.on("error", () => undefined);
  const drop = async () => {
    await Promise.all([database.close(), admin.end()]);
    await runAsClusterAdmin(`drop database ${name} with (force)`);
  };
  return { name, adminUrl, url, rootKey, database, admin, drop };
}

/** Two clones at once of one template get in each other's way for a moment. */
async function runAsClusterAdmin(statement: string): Promise<void> {
  const client = new pg.Client(inject("adminUrl"));
  await client.connect();
  try {
    for (let attempt = 1; ; attempt++) {
      const code = await client.query(statement).then(
        () => null,
        (error: pg.DatabaseError) => error.code ?? "unknown",
      );
      if (code === null) return;
      if (code !== "55006" || attempt === 300) throw new Error(`${statement} failed with ${code}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } finally {
    await client.end();
  }
}
