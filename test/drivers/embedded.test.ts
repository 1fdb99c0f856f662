import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { inject } from "vitest";
import { chooseDataDirectory } from "../../src/database/data-directory.js";
import { startEmbedded } from "../../src/database/embedded.js";
import { createTestDatabase } from "../support/database.js";
import { wholeContract } from "./suite/index.js";
import { contract } from "./support/contract.js";
import { createFreshDatabase } from "./support/fresh-database.js";
import { type MigratedDatabase, openPostgres } from "./support/open-postgres.js";

/** The cluster of the run is an embedded one, unless it runs over the server of TEST_DATABASE_URL. */
const open = () => (process.env.TEST_DATABASE_URL ? inOwnCluster() : createTestDatabase());

async function inOwnCluster(): Promise<MigratedDatabase> {
  const log = () => undefined;
  const dataDirectory = chooseDataDirectory(await mkdtemp(path.join(tmpdir(), "cloakroom-test-cluster-")), log);
  const postgres = await startEmbedded({ dataDirectory, log, settings: { fsync: "off", synchronous_commit: "off" } });
  const fresh = await createFreshDatabase(postgres.adminUrl, inject("rootKey"));
  const drop = async () => {
    await postgres.stop();
    await rm(dataDirectory, { recursive: true, force: true });
  };
  return { ...fresh, drop };
}

contract("embedded", async () => openPostgres("embedded", await open()), wholeContract);
