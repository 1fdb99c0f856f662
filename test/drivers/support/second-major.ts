import { randomBytes } from "node:crypto";
import { chown, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { chooseDataDirectory } from "../../../src/database/data-directory.js";
import { postgresBinaries } from "../../../src/database/embedded-binaries.js";
import { initialize, launch, type Postmaster } from "../../../src/database/embedded-process.js";
import { unprivilegedUser } from "../../../src/database/embedded-user.js";
import { lockDirectory } from "../../../src/database/server-lock.js";
import { removeAbandonedClusters } from "../../support/abandoned-clusters.js";

const prefix = "cloakroom-second-major-";
const peers = new URL("../../peers/package.json", import.meta.url);
const settings = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };

export interface SecondMajor {
  /** As its superuser. */
  readonly adminUrl: string;
  close(): Promise<void>;
}

/** A Postgres of another major version than the server's own, out of test/peers, in a folder that goes with it. */
export async function startSecondMajor(): Promise<SecondMajor> {
  await removeAbandonedClusters(prefix);
  const directory = chooseDataDirectory(await mkdtemp(path.join(tmpdir(), prefix)), () => undefined);
  const lock = await lockDirectory(directory);
  const password = randomBytes(24).toString("base64url");
  const postmaster = await launchIn(directory, password);
  return {
    adminUrl: `postgres://postgres:${password}@127.0.0.1:${postmaster.port}/postgres`,
    async close() {
      await postmaster.stop();
      await lock.release();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function launchIn(directory: string, password: string): Promise<Postmaster> {
  const [cluster, passwordFile] = [path.join(directory, "postgres"), path.join(directory, "password")];
  const user = unprivilegedUser();
  const binaries = await postgresBinaries(user, path.join(directory, "binaries"), peers);
  await mkdir(cluster, { mode: 0o700 });
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user) for (const owned of [cluster, passwordFile]) await chown(owned, user.uid, user.gid);
  await initialize(binaries, user, cluster, passwordFile);
  return launch({ binaries, user, cluster, logFile: path.join(directory, "postgres.log"), settings });
}
