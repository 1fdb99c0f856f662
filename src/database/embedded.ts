import { randomBytes } from "node:crypto";
import { chown, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { type PostgresBinaries, postgresBinaries } from "./embedded-binaries.js";
import { initialize, launch } from "./embedded-process.js";
import { keepRunning } from "./embedded-revival.js";
import { type UnprivilegedUser, unprivilegedUser } from "./embedded-user.js";
import { stopLeftOver } from "./left-over-postgres.js";
import type { Log } from "./log.js";
import { lockDirectory, type ServerLock } from "./server-lock.js";

export interface EmbeddedOptions {
  /** From `chooseDataDirectory`. The cluster stands in its folder `postgres`. */
  readonly dataDirectory: string;
  readonly log: Log;
  /** Server settings beside or instead of ours. Tests alone turn durability off with it. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedPostgres {
  /** Superuser, 127.0.0.1, the password in it: never logged. */
  readonly adminUrl: string;
  /** A fast shutdown; resolves when Postgres has ended and the directory is free for another server. */
  stop(): Promise<void>;
}

/**
 * Starts Postgres 17 in the data directory, where it is made on first use. One live server per directory: another one
 * is refused in a sentence. A Postgres that outlived a killed server is stopped first and then started anew; nothing
 * that was answered is lost, since every commit was flushed before its answer. One that ends by itself is started again
 * under the same address.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const lock = await lockDirectory(options.dataDirectory);
  try {
    return await startLocked(options, lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function startLocked(options: EmbeddedOptions, lock: ServerLock): Promise<EmbeddedPostgres> {
  const { dataDirectory, log } = options;
  const cluster = path.join(dataDirectory, "postgres");
  const user = unprivilegedUser(cluster);
  const binaries = await postgresBinaries(user, path.join(dataDirectory, "postgres-binaries"));
  const isMade = Boolean(await stat(path.join(cluster, "PG_VERSION")).catch(() => null));
  const password = await keptPassword(path.join(dataDirectory, "postgres.password"), isMade);
  if (await stopLeftOver(cluster)) log("Stopped the Postgres that a killed server had left running.");
  if (!isMade) {
    await makeCluster(cluster, binaries, user, password);
    log("Made a new embedded Postgres.", { dataDirectory });
  }
  const logFile = path.join(dataDirectory, "postgres.log");
  const launchOptions = { binaries, user, cluster, logFile, settings: options.settings ?? {} };
  const first = await launch(launchOptions);
  const { port } = first;
  const kept = keepRunning({ first, relaunch: () => launch({ ...launchOptions, port }), log });
  return running(kept, port, password, lock);
}

function running(
  postgres: { stop(): Promise<void> },
  port: number,
  password: string,
  lock: ServerLock,
): EmbeddedPostgres {
  let stopping: Promise<void> | null = null;
  const stop = async () => {
    await postgres.stop();
    await lock.release();
  };
  return {
    adminUrl: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

/**
 * Initialised in a draft folder and moved when complete, so that a start killed in the middle is simply repeated. The
 * draft also holds the password file that initdb asks for, and goes away with it.
 */
async function makeCluster(
  cluster: string,
  binaries: PostgresBinaries,
  user: UnprivilegedUser | null,
  password: string,
): Promise<void> {
  const draft = `${cluster}-draft`;
  const [directory, passwordFile] = [path.join(draft, "cluster"), path.join(draft, "password")];
  await rm(draft, { recursive: true, force: true });
  try {
    await mkdir(draft, { mode: 0o700 });
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
    if (user) for (const owned of [draft, passwordFile]) await chown(owned, user.uid, user.gid);
    await initialize(binaries, user, directory, passwordFile);
    await rm(cluster, { recursive: true, force: true });
    await rename(directory, cluster);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Random, kept in a file that only the server's own user reads; written whole before the cluster that needs it. */
async function keptPassword(file: string, isMade: boolean): Promise<string> {
  const kept = await readFile(file, "utf8").catch(() => "");
  if (kept.trim()) return kept.trim();
  if (isMade) throw new Error(`The embedded Postgres cannot be opened without ${file}: restore that file.`);
  const password = randomBytes(32).toString("base64url");
  await writeFile(`${file}.draft`, `${password}\n`, { mode: 0o600, flush: true });
  await rename(`${file}.draft`, file);
  return password;
}
