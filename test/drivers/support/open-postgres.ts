import jwt from "jsonwebtoken";
import pg from "pg";
import { serverRolePassword, serverUrl } from "../../../src/database/login-role.js";
import { createPostgresDatabase } from "../../../src/database/postgres.js";
import type { DriverUnderTest } from "./driver.js";
import { installProbes } from "./probes.js";
import { startProxy } from "./proxy.js";

export interface MigratedDatabase {
  readonly adminUrl: string;
  readonly rootKey: string;
  drop(): Promise<void>;
}

/** The Postgres driver over a migrated database, behind a network that can be cut. */
export async function openPostgres(
  name: string,
  { adminUrl, rootKey, drop }: MigratedDatabase,
): Promise<DriverUnderTest> {
  const admin = new pg.Pool({ connectionString: adminUrl, max: 4 });
  admin.on("error", () => undefined);
  await installProbes(admin);
  const direct = new URL(serverUrl(adminUrl, serverRolePassword(rootKey)));
  const proxy = await startProxy(direct);
  const url = Object.assign(new URL(direct), { hostname: "127.0.0.1", port: String(proxy.port) }).href;
  const database = createPostgresDatabase({ url, rootKey, log: () => undefined });
  return {
    name,
    database,
    admin,
    mint: (claims) => jwt.sign({ ...claims }, "a secret that Postgres never asks for", { expiresIn: "1h" }),
    cutNetwork: proxy.cut,
    mendNetwork: proxy.mend,
    async close() {
      await Promise.all([database.close(), admin.end()]);
      await proxy.close();
      await drop();
    },
  };
}
