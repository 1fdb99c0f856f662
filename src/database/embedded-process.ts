import { type ChildProcess, spawn } from "node:child_process";
import { open, stat } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { PostgresBinaries } from "./embedded-binaries.js";
import type { UnprivilegedUser } from "./embedded-user.js";
import { postmasterFile, stopSeconds } from "./left-over-postgres.js";

export interface Postmaster {
  readonly port: number;
  stop(): Promise<void>;
  onUnexpectedEnd(listener: () => void): void;
}

interface LaunchOptions {
  readonly binaries: PostgresBinaries;
  readonly user: UnprivilegedUser | null;
  readonly cluster: string;
  readonly logFile: string;
  readonly settings: Readonly<Record<string, string>>;
  /** A free one where left out. */
  readonly port?: number;
}

/** Long, since recovery after a crash comes first. */
const startSeconds = 300;
const logFileBytes = 1_000_000;

/**
 * fsync and synchronous_commit stay as Postgres has them: on. ERROR messages are not logged, and what is logged is
 * terse, since messages, DETAIL and statements quote values.
 */
const settingsInForce = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "50",
  shared_buffers: "128MB",
  timezone: "UTC",
  log_timezone: "UTC",
  jit: "off",
  cluster_name: "cloakroom",
  log_min_messages: "log",
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
  log_parameter_max_length: "0",
  log_parameter_max_length_on_error: "0",
  log_statement: "none",
  log_checkpoints: "off",
};

/** Postgres gets none of our environment: it may hold the very secrets that the database must not know. */
const environment = { LC_ALL: "C", TZ: "UTC" };

/** Makes a cluster in an empty directory that the user owns; the password is read from a file that the caller removes. */
export async function initialize(
  { initdb }: PostgresBinaries,
  user: UnprivilegedUser | null,
  directory: string,
  passwordFile: string,
): Promise<void> {
  const options = ["--encoding=UTF8", "--locale=C", "--auth=scram-sha-256", "--username=postgres"];
  const child = spawn(initdb, [`--pgdata=${directory}`, ...options, `--pwfile=${passwordFile}`], {
    ...credentialsOf(user),
    cwd: path.dirname(directory),
    env: environment,
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let complaint = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    complaint += chunk.toString("utf8");
  });
  const code = await endOf(child);
  if (code !== 0) throw new Error(`The embedded Postgres could not be made in ${directory}: ${complaint.trim()}`);
}

/** Starts Postgres on 127.0.0.1 and waits until it answers; on another port where a free one was just taken. */
export async function launch(options: LaunchOptions): Promise<Postmaster> {
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    const child = await spawnPostgres(options, port);
    const ended = endOf(child);
    if (await becomesReady(options.cluster, child)) return postmasterOf(child, ended, port);
    child.kill("SIGINT");
    await ended;
    if (options.port || attempt === 3)
      throw new Error(`The embedded Postgres did not start; ${options.logFile} says why.`);
  }
}

/**
 * Detached, so that a Ctrl-C in the terminal reaches us alone and Postgres ends when we have finished with it. Its
 * output goes straight to a file, which outlives us where a pipe would not.
 */
async function spawnPostgres({ binaries, user, cluster, logFile, settings }: LaunchOptions, port: number) {
  const tooLong = ((await stat(logFile).catch(() => null))?.size ?? 0) > logFileBytes;
  const log = await open(logFile, tooLong ? "w" : "a", 0o600);
  try {
    const flags = Object.entries({ ...settingsInForce, ...settings, port: String(port) }).flatMap(([name, value]) => [
      "-c",
      `${name}=${value}`,
    ]);
    return spawn(binaries.postgres, ["-D", cluster, ...flags], {
      ...credentialsOf(user),
      cwd: cluster,
      env: environment,
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
    });
  } finally {
    await log.close();
  }
}

function postmasterOf(child: ChildProcess, ended: Promise<number | null>, port: number): Postmaster {
  let isStopping = false;
  child.unref();
  return {
    port,
    onUnexpectedEnd: (listener) => void ended.then(() => isStopping || listener()),
    stop: async () => {
      isStopping = true;
      child.ref();
      child.kill("SIGINT");
      const impatience = setTimeout(() => child.kill("SIGQUIT"), stopSeconds * 1000);
      await ended;
      clearTimeout(impatience);
    },
  };
}

/** The eighth line of postmaster.pid says `ready` once connections are served; the first is the process. */
async function becomesReady(cluster: string, child: ChildProcess): Promise<boolean> {
  const deadline = Date.now() + startSeconds * 1000;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
    const lines = await postmasterFile(cluster);
    if (Number(lines[0]) === child.pid && lines[7]?.trim() === "ready") return true;
    await sleep(20);
  }
  return false;
}

function credentialsOf(user: UnprivilegedUser | null): { uid?: number; gid?: number } {
  return user ? { uid: user.uid, gid: user.gid } : {};
}

function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.once("error", () => resolve(null));
    child.once("exit", (code) => resolve(code));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
