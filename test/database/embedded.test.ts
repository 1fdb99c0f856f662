import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { chooseDataDirectory } from "../../src/database/data-directory.js";
import { startEmbedded } from "../../src/database/embedded.js";
import { commandOf } from "../../src/database/process-identity.js";

const childScript = fileURLToPath(new URL("../support/embedded-child.ts", import.meta.url));
const log = () => undefined;
let directory: string;
let children: ChildProcess[];

beforeEach(async () => {
  directory = chooseDataDirectory(await mkdtemp(path.join(tmpdir(), "cloakroom-embedded-")), log);
  children = [];
});
afterEach(async () => {
  const living = children.filter((child) => child.exitCode === null && child.signalCode === null);
  await Promise.all(living.map((child) => [once(child, "exit"), child.kill("SIGKILL")][0]));
  await (await startEmbedded({ dataDirectory: directory, log })).stop();
  expect(postgresProcesses()).toEqual([]);
  await rm(directory, { recursive: true, force: true });
});

interface Outcome {
  readonly adminUrl?: string;
  readonly refused?: string;
}

async function startChild(): Promise<{ child: ChildProcess; outcome: Outcome }> {
  const child = spawn(process.execPath, ["--import", "tsx", childScript], {
    env: { ...process.env, DIRECTORY: directory, CANARY: "canary-in-the-environment" },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  children.push(child);
  if (!child.stdout) throw new Error("no output");
  const [line] = await once(createInterface(child.stdout), "line");
  return { child, outcome: JSON.parse(line) };
}

/** Everything that runs on this test's directory, backends included, whose titles do not name it. */
function postgresProcesses(): string[] {
  const all = processes();
  const postmasters = all.filter(({ command }) => command.includes(`-D ${directory}/postgres `));
  const ids = postmasters.map(({ pid }) => pid);
  return all.filter(({ pid, parent }) => ids.includes(pid) || ids.includes(parent)).map(({ command }) => command);
}

/** Slim images have no `ps`, and where there is no /proc there is one. */
function processes(): { pid: number; parent: number; command: string }[] {
  if (process.platform !== "linux")
    return spawnSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8" })
      .stdout.split("\n")
      .map((line) => line.trim().split(/\s+/))
      .map(([pid, parent, ...command]) => ({ pid: Number(pid), parent: Number(parent), command: command.join(" ") }));
  return readdirSync("/proc").flatMap((name) => {
    const command = /^\d+$/.test(name) ? commandOf(Number(name)) : null;
    if (!command) return [];
    return [{ pid: Number(name), parent: parentOf(name), command }];
  });
}

function parentOf(pid: string): number {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, "latin1");
    return Number(status.replace(/^.*\) /s, "").split(" ")[1]);
  } catch {
    return 0; // has ended meanwhile
  }
}

async function query(adminUrl: string | undefined, sql: string): Promise<unknown[][]> {
  const client = new pg.Client(adminUrl);
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: "array" })).rows;
  } finally {
    await client.end();
  }
}

test("a server killed with -9 loses nothing that was answered, and the next start takes the directory over", async () => {
  const { child, outcome } = await startChild();
  await query(outcome.adminUrl, "create table kept (id int)");
  await query(outcome.adminUrl, "insert into kept values (42)");
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(postgresProcesses().length).toBeGreaterThan(0);
  const next = await startEmbedded({ dataDirectory: directory, log });
  expect(await query(next.adminUrl, "select id from kept")).toEqual([[42]]);
  await next.stop();
});

test("server and Postgres both killed with -9 lose nothing that was answered", async () => {
  const { child, outcome } = await startChild();
  await query(outcome.adminUrl, "create table kept as select 42 as id");
  const [postmaster] = (await readFile(path.join(directory, "postgres/postmaster.pid"), "utf8")).split("\n");
  child.kill("SIGKILL");
  process.kill(Number(postmaster), "SIGKILL");
  await once(child, "exit");
  const next = await startEmbedded({ dataDirectory: directory, log });
  expect(await query(next.adminUrl, "select id from kept")).toEqual([[42]]);
  await next.stop();
});

test("a Postgres that was killed with -9 below a live server comes back under the same address, and nothing is lost", async () => {
  const postgres = await startEmbedded({ dataDirectory: directory, log });
  await query(postgres.adminUrl, "create table kept as select 42 as id");
  const sleeper = query(postgres.adminUrl, "select pg_sleep(1)").catch(() => undefined);
  for (let times = 1; times <= 2; times++) {
    const [postmaster] = (await readFile(path.join(directory, "postgres/postmaster.pid"), "utf8")).split("\n");
    process.kill(Number(postmaster), "SIGKILL");
    await vi.waitFor(async () => expect(await query(postgres.adminUrl, "select id from kept")).toEqual([[42]]), {
      timeout: 15_000,
      interval: 100,
    });
  }
  await sleeper;
  await postgres.stop();
  expect(postgresProcesses()).toEqual([]);
});

test("a Postgres that is stopped while it is being started again stays stopped", async () => {
  const postgres = await startEmbedded({ dataDirectory: directory, log });
  const [postmaster] = (await readFile(path.join(directory, "postgres/postmaster.pid"), "utf8")).split("\n");
  process.kill(Number(postmaster), "SIGKILL");
  await new Promise((resolve) => setTimeout(resolve, 300));
  await postgres.stop();
  expect(postgresProcesses()).toEqual([]);
});

test("a second live server on the same directory is refused in one sentence, and the first goes on", async () => {
  const { outcome } = await startChild();
  await expect(startEmbedded({ dataDirectory: directory, log })).rejects.toThrow(
    /^The data directory .* is in use by another running server \(process \d+\)[^.]*\.$/,
  );
  expect(await query(outcome.adminUrl, "select 1")).toEqual([[1]]);
});

test("of several that start at once, after a kill -9, exactly one gets the directory", async () => {
  const { child } = await startChild();
  child.kill("SIGKILL");
  await once(child, "exit");
  const outcomes = await Promise.all([1, 2, 3, 4].map(startChild));
  expect(outcomes.filter(({ outcome }) => outcome.adminUrl)).toHaveLength(1);
  expect(outcomes.filter(({ outcome }) => outcome.refused?.includes("another running server"))).toHaveLength(3);
});

test("a process that was given the number of a dead server, or of a dead Postgres, is not taken for it", async () => {
  const postgres = await startEmbedded({ dataDirectory: directory, log });
  await postgres.stop();
  const lock = (await readdir(directory)).find((name) => name.endsWith(".lock")) ?? "";
  const reused = { pid: process.ppid, startedAt: "an earlier boot/1" };
  await writeFile(path.join(directory, lock), JSON.stringify(reused));
  await writeFile(
    path.join(directory, "postgres/postmaster.pid"),
    `${process.ppid}\n${directory}/postgres\n1\n5432\n\n\n`,
  );
  const next = await startEmbedded({ dataDirectory: directory, log });
  expect(await query(next.adminUrl, "select 1")).toEqual([[1]]);
  await next.stop();
});

test("Ctrl-C reaches the server alone, which stops Postgres and leaves no process behind", async () => {
  const { child, outcome } = await startChild();
  const client = new pg.Client(outcome.adminUrl);
  client.on("error", () => undefined);
  await client.connect();
  process.kill(-(child.pid ?? 0), "SIGINT");
  expect(await once(child, "exit")).toEqual([0, null]);
  expect(postgresProcesses()).toEqual([]);
  await client.end().catch(() => undefined);
});

test("it listens on loopback only, flushes every commit, asks for the password, and none of it is left lying about", async () => {
  const { child, outcome } = await startChild();
  const settings = "listen_addresses unix_socket_directories fsync synchronous_commit full_page_writes server_encoding";
  const values = await query(
    outcome.adminUrl,
    `select current_setting(name) from unnest(string_to_array('${settings}', ' ')) with ordinality as s(name, n) order by n`,
  );
  expect(values.flat()).toEqual(["127.0.0.1", "", "on", "on", "on", "UTF8"]);
  const { password } = new URL(outcome.adminUrl ?? "");
  const other = Object.assign(new URL(outcome.adminUrl ?? ""), { password: "another" }).href;
  await expect(query(other, "select 1")).rejects.toMatchObject({ code: "28P01" });
  expect((await stat(path.join(directory, "postgres.password"))).mode & 0o777).toBe(0o600);
  const holders = spawnSync("grep", ["-rl", "--", password, directory], { encoding: "utf8" }).stdout.trim().split("\n");
  expect(holders).toEqual([path.join(directory, "postgres.password")]);
  if (process.platform === "linux") {
    const [postmaster] = (await readFile(path.join(directory, "postgres/postmaster.pid"), "utf8")).split("\n");
    const environment = await readFile(`/proc/${postmaster}/environ`, "utf8");
    expect(environment).not.toContain("canary-in-the-environment");
  }
  child.kill("SIGTERM");
  await once(child, "exit");
});

test("its log holds no values, whatever goes wrong in a statement", async () => {
  const { outcome } = await startChild();
  await query(outcome.adminUrl, "select 'canary-31'::int").catch(() => undefined);
  await query(outcome.adminUrl, "create table u (t text unique)");
  await query(outcome.adminUrl, "insert into u values ('canary-31'), ('canary-31')").catch(() => undefined);
  await query(outcome.adminUrl, "do $$ begin raise warning 'canary-31'; end $$");
  await query(outcome.adminUrl, "select pg_terminate_backend(pg_backend_pid()), 'canary-31'").catch(() => undefined);
  expect(await readFile(path.join(directory, "postgres.log"), "utf8")).not.toContain("canary-31");
});
