import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { chooseDataDirectory } from "../../src/database/data-directory.js";
import { startEmbedded } from "../../src/database/embedded.js";
import { serverRolePassword } from "../../src/database/login-role.js";
import { migrate } from "../../src/database/migrate.js";
import { removeAbandonedClusters } from "./abandoned-clusters.js";

declare module "vitest" {
  export interface ProvidedContext {
    /** A superuser's URL of the test cluster. */
    adminUrl: string;
    /** The name of the migrated database that others are cloned from. */
    templateName: string;
    rootKey: string;
  }
}

const prefix = "cloakroom-test-cluster-";
const rootKey = "dGVzdC1yb290LWtleS10ZXN0LXJvb3Qta2V5LTAxMjM=";

/** One cluster a run, or that of TEST_DATABASE_URL, with one migrated template; all of it is gone afterwards. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL;
  const cluster = given ? null : await startTestCluster();
  const adminUrl = given ?? cluster?.adminUrl ?? "";
  const templateName = given ? `cloakroom_template_${randomBytes(6).toString("hex")}` : "cloakroom_template";
  const tearDown = async () => {
    if (cluster) await cluster.remove();
    else await runAsAdmin(adminUrl, `drop database if exists ${templateName} with (force)`);
  };
  try {
    await makeTemplate(adminUrl, templateName);
  } catch (error) {
    await tearDown();
    throw error;
  }
  for (const [key, value] of Object.entries({ adminUrl, templateName, rootKey }))
    project.provide(key as "adminUrl", value);
  return tearDown;
}

async function makeTemplate(adminUrl: string, templateName: string): Promise<void> {
  await runAsAdmin(adminUrl, `create database ${templateName}`);
  const templateUrl = Object.assign(new URL(adminUrl), { pathname: templateName }).href;
  await migrate({
    adminUrl: templateUrl,
    rootKey,
    serverRolePassword: serverRolePassword(rootKey),
    log: () => undefined,
  });
}

/** Durability is off here alone: what a crash of the machine would lose are tests. */
async function startTestCluster(): Promise<{ adminUrl: string; remove(): Promise<void> }> {
  await removeAbandonedClusters(prefix);
  const log = () => undefined;
  const dataDirectory = chooseDataDirectory(await mkdtemp(path.join(tmpdir(), prefix)), log);
  const settings = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };
  const postgres = await startEmbedded({ dataDirectory, log, settings });
  const remove = async () => {
    await postgres.stop();
    await rm(dataDirectory, { recursive: true, force: true });
  };
  return { adminUrl: postgres.adminUrl, remove };
}

async function runAsAdmin(adminUrl: string, statement: string): Promise<void> {
  const client = new pg.Client(adminUrl);
  await client.connect();
  await client.query(statement).finally(() => client.end());
}
