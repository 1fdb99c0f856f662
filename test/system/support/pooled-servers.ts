import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { openDirectory } from "./checkout.js";
import type { Cluster } from "./cluster.js";
import { demandPasswords, type Pooler, type PoolerOptions, startPgBouncer } from "./pgbouncer.js";
import { startPostgres15 } from "./postgres-15.js";
import { type ServerProcess, startServer } from "./server-process.js";

const secret = () => randomBytes(32).toString("base64url");

/** A Postgres, a pooler before it, and what servers have to be told to work behind it. */
export interface PooledDeployment {
  readonly cluster: Cluster;
  readonly pooler: Pooler;
  /** Settings of every server: the login role through the pooler, the owner directly. */
  readonly settings: Readonly<Record<string, string>>;
  /** Starts a server beside those that run already. */
  start(settings?: Readonly<Record<string, string>>): Promise<ServerProcess>;
  stop(): Promise<void>;
}

/** Postgres 15 behind PgBouncer, migrated; two servers or more are then started over it. */
export async function deployBehindPooler(checkout: string, options: PoolerOptions): Promise<PooledDeployment> {
  const cluster = await startPostgres15();
  demandPasswords(cluster);
  const secrets = {
    VAULT_ROOT_KEY: randomBytes(32).toString("base64url"),
    SUPABASE_JWT_SECRET: secret(),
    DATABASE_SALT: secret(),
    RELAY_WEBHOOK_SECRET: secret(),
    DATABASE_MIGRATION_URL: cluster.url,
  };
  migrateFirst(checkout, { ...secrets, DATABASE_URL: cluster.url });
  const pooler = await startPgBouncer(cluster, options);
  // Without its password, which follows from the root key.
  const settings = { ...secrets, DATABASE_URL: pooler.url("cloakroom_server"), TRUST_PROXY: "true" };
  const directory = openDirectory();
  const servers: ServerProcess[] = [];
  return {
    cluster,
    pooler,
    settings,
    start: async (more = {}) => {
      const env = { ...settings, DATA_DIR: directory, ...more };
      const server = await startServer({ command: ["node", "dist/main.js"], cwd: checkout, env });
      servers.push(server);
      return server;
    },
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop()));
      await pooler.stop();
      cluster.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** `npm run db:migrate`, by which the login role exists before PgBouncer is told of it. */
function migrateFirst(checkout: string, env: Readonly<Record<string, string>>): void {
  execFileSync("node", ["dist/database/migrate-command.js"], {
    cwd: checkout,
    env: { PATH: process.env.PATH, ...env },
    stdio: "pipe",
  });
}
