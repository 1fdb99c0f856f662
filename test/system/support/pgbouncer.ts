import { type ChildProcess, spawn } from "node:child_process";
import { chownSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { openDirectory } from "./checkout.js";
import type { Cluster } from "./cluster.js";
import { freePort } from "./postgres-15.js";
import { pause } from "./server-process.js";

/** A PgBouncer before a cluster. */
export interface Pooler {
  /** The cluster's database `postgres`, through the pooler. */
  url(user: string, password?: string): string;
  /** Ends it as a crash does: every connection is gone, whatever ran over it. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface PoolerOptions {
  /** How it learns passwords: from a list of SCRAM verifiers, or by asking Postgres as a role that may look them up. */
  readonly logins: "auth_file" | "auth_query";
  readonly mode?: "transaction" | "session";
  /** Connections to Postgres, for all clients of one role together. */
  readonly poolSize?: number;
}

/** The login role has to prove its password to Postgres too, as anywhere but in a throwaway cluster. */
export function demandPasswords(cluster: Cluster): void {
  const file = path.join(cluster.dataDirectory, "pg_hba.conf");
  writeFileSync(file, `host all cloakroom_server all scram-sha-256\n${readFileSync(file, "utf8")}`);
  cluster.psql("select pg_reload_conf()");
}

/** The block of that language in what an administrator is told to do, docs/guides/operating.md. */
function guideBlock(language: string): string {
  const guide = readFileSync(new URL("../../../docs/guides/operating.md", import.meta.url), "utf8");
  return (
    new RegExp(`^## Several servers[\\s\\S]*?^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "m").exec(guide)?.[1] ?? ""
  );
}

const verifiers = `select format('"%s" "%s"', rolname, rolpassword) from pg_authid where rolname = 'cloakroom_server'`;

/** What the pooler asks of an owner who comes through it, as none should. */
export const ownerPassword = "the owner's password at the pooler";

/** Debian's PgBouncer, run by the system user `postgres`, since it refuses root. */
export async function startPgBouncer(cluster: Cluster, options: PoolerOptions): Promise<Pooler> {
  const directory = openDirectory();
  const owner = statSync("/var/lib/postgresql");
  chownSync(directory, owner.uid, owner.gid);
  const port = await freePort();
  if (options.logins === "auth_query") cluster.psql(guideBlock("sql"));
  configure(directory, port, cluster, options);
  let running: ChildProcess;
  const end = async (signal: NodeJS.Signals) => {
    if (running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => running.once("exit", resolve));
    running.kill(signal);
    await ended;
  };
  const start = async () => {
    running = spawn("/usr/sbin/pgbouncer", ["-q", path.join(directory, "pgbouncer.ini")], {
      uid: owner.uid,
      gid: owner.gid,
      cwd: directory,
      stdio: ["ignore", "ignore", "pipe"],
    });
    await listening(running, port);
  };
  await start();
  return {
    url: (user, password) => {
      const url = new URL(`postgres://127.0.0.1:${port}/postgres`);
      url.username = user;
      if (password) url.password = password;
      return url.href;
    },
    kill: () => end("SIGKILL"),
    start,
    stop: async () => {
      await end("SIGTERM");
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function configure(directory: string, port: number, cluster: Cluster, options: PoolerOptions): void {
  const { logins, mode = "transaction", poolSize = 4 } = options;
  const { hostname, port: targetPort } = new URL(cluster.url);
  const loginFile = path.join(directory, "logins.txt");
  const known = logins === "auth_file" ? cluster.psql(verifiers) : '"pgbouncer" ""\n';
  writeFileSync(loginFile, `${known}"postgres" "${ownerPassword}"\n`);
  const asked = guideBlock("ini").replace("pool_mode = transaction", `pool_mode = ${mode}`);
  const ini = [
    "[databases]",
    `postgres = host=${hostname} port=${targetPort}`,
    "[pgbouncer]",
    "listen_addr = 127.0.0.1",
    `listen_port = ${port}`,
    "unix_socket_dir =",
    `default_pool_size = ${poolSize}`,
    "max_client_conn = 200",
    `auth_file = ${loginFile}`,
    logins === "auth_query" ? asked : asked.replace(/^auth_(user|query) .*$/gm, ""),
  ];
  writeFileSync(path.join(directory, "pgbouncer.ini"), ini.join("\n"));
}

/** @throws Error with what the program wrote, where it ends instead */
async function listening(program: ChildProcess, port: number): Promise<void> {
  let written = "";
  program.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    written += chunk;
  });
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await pause(20)) {
    if (program.exitCode !== null) break;
    if (await answers(port)) return;
  }
  throw new Error(`PgBouncer does not listen: ${written}`);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
