import pg from "pg";
import { isOfLoginRole } from "./login-role.js";

/**
 * Migrating takes a lock and changes settings that belong to a session. A pooler in transaction mode has none: the lock
 * would stay behind on a connection of its pool, and the next migration would wait for it for ever.
 */
export class UnfitAddress extends Error {
  override readonly name = "UnfitAddress";
}

/** @throws UnfitAddress where the address is that of the role that answers requests, which may not migrate */
export function refuseLoginRole(adminUrl: string): void {
  if (isOfLoginRole(adminUrl))
    throw new UnfitAddress(
      "The address to migrate with names cloakroom_server, which answers requests and may not migrate: set DATABASE_MIGRATION_URL to the owner's address, or MIGRATE_ON_START=false.",
    );
}

/** Whichever way a pool hands its connections out, two clients get each other's in one of these turns. */
const turns = [0, 1, 1, 0, 1, 0, 0, 1] as const;

/**
 * Two clients of one session each never see one backend both, nor one of them two. Where there is no second connection
 * to be had, nothing is proved and nothing refused.
 * @throws UnfitAddress where they do
 */
export async function refuseTransactionPooler(client: pg.Client, adminUrl: string): Promise<void> {
  const other = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 5_000 });
  other.on("error", () => undefined);
  const clients = [client, other] as const;
  const seen = [new Set<number>(), new Set<number>()] as const;
  try {
    if (!(await hasConnected(other))) return;
    for (const turn of turns) {
      const { rows } = await clients[turn].query<{ pid: number }>("select pg_backend_pid() as pid");
      seen[turn].add(rows[0]?.pid ?? 0);
    }
  } finally {
    await other.end().catch(() => undefined);
  }
  if (seen.some(({ size }) => size !== 1) || new Set(seen.flatMap((pids) => [...pids])).size !== 2)
    throw new UnfitAddress(
      "The address to migrate with is a pooler in transaction mode: set DATABASE_MIGRATION_URL to Postgres itself, or to a pooler in session mode.",
    );
}

const hasConnected = (client: pg.Client) =>
  client.connect().then(
    () => true,
    () => false,
  );
