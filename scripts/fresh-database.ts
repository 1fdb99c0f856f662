import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { startEmbedded } from "../src/database/embedded.js";
import { migrate } from "../src/database/migrate.js";

/**
 * Runs `work` as the superuser of a new embedded Postgres with all migrations applied, which is gone afterwards: what
 * is generated from a catalog never depends on a database that someone has used.
 */
export async function withFreshDatabase<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), "cloakroom-gen-"));
  chmodSync(directory, 0o711);
  const postgres = await startEmbedded({ dataDirectory: directory, log: () => undefined, settings: { fsync: "off" } });
  try {
    await migrate({
      adminUrl: postgres.adminUrl,
      rootKey: randomBytes(32).toString("base64url").concat("="),
      serverRolePassword: randomBytes(24).toString("base64url"),
      log: () => undefined,
    });
    return await connected(postgres.adminUrl, work);
  } finally {
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function connected<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
