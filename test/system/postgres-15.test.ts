import { rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { runApolloProgram } from "./support/apollo-program.js";
import { openDirectory } from "./support/checkout.js";
import type { Cluster } from "./support/cluster.js";
import { startPostgres15 } from "./support/postgres-15.js";
import { type ServerProcess, startServer } from "./support/server-process.js";

describe("over Debian's Postgres 15 through DATABASE_URL", () => {
  const directory = openDirectory();
  let postgres: Cluster;
  const start = (dataDirectory: string) =>
    startServer({
      command: ["node", "dist/main.js"],
      cwd: inject("checkout"),
      env: { DATABASE_URL: postgres.url, DATA_DIR: path.join(directory, dataDirectory) },
    });

  beforeAll(async () => {
    postgres = await startPostgres15();
  });
  afterAll(() => {
    postgres.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it("does the main job", async () => {
    const server = await start("data");
    expect(await runApolloProgram(server, inject("checkout"))).toContain('Audit log: {"valid":true');
    await server.stop();
  });

  it("starts again over a database that is migrated already, and does it once more", async () => {
    const server: ServerProcess = await start("data");
    expect(server.output()).not.toContain("migration applied");
    expect(await runApolloProgram(server, inject("checkout"))).toContain('Audit log: {"valid":true');
    await server.stop();
  });
});
