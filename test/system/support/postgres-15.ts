import { execFileSync } from "node:child_process";
import { chownSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { listenLastingly } from "../../support/lasting-port.js";
import { openDirectory } from "./checkout.js";
import type { Cluster } from "./cluster.js";

const programs = "/usr/lib/postgresql/15/bin";

/** A cluster that can be away for a while. */
export interface StoppableCluster extends Cluster {
  /** As `pg_ctl stop -m` has it: fast ends sessions, immediate ends all as a crash would. */
  halt(mode: "fast" | "immediate"): void;
  /** On the same port; resolves when it takes connections again. */
  resume(): void;
}

/** A throwaway cluster of Debian's Postgres 15, run by the system user `postgres`; its dump is pg_dump's. */
export async function startPostgres15(): Promise<StoppableCluster> {
  const parent = openDirectory();
  const { uid, gid } = statSync("/var/lib/postgresql");
  chownSync(parent, uid, gid);
  const dataDirectory = path.join(parent, "data");
  const port = await freePort();
  const asPostgres = (program: string, ...args: string[]) =>
    execFileSync(path.join(programs, program), args, {
      uid,
      gid,
      cwd: parent,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 1 << 30,
    });
  asPostgres("initdb", "-D", dataDirectory, "--locale=C", "--encoding=UTF8", "-U", "postgres", "-A", "trust");
  const options = `-p ${port} -k ${parent} -c listen_addresses=127.0.0.1`;
  const control = (...args: string[]) => asPostgres("pg_ctl", "-D", dataDirectory, "-w", ...args);
  const resume = () => void control("-l", path.join(parent, "log"), "-o", options, "start");
  resume();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  return {
    url,
    dataDirectory,
    dump: () => asPostgres("pg_dump", url),
    psql: (statement) => asPostgres("psql", "-X", "-v", "ON_ERROR_STOP=1", "-At", "-c", statement, url),
    resume,
    halt: (mode) => void control("-m", mode, "stop"),
    stop: () => {
      control("-m", "fast", "stop");
      rmSync(parent, { recursive: true, force: true });
    },
  };
}

/** A port that nothing listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listenLastingly(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
