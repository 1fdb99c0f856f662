import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, inject, it } from "vitest";
import { runApolloProgram } from "./support/apollo-program.js";
import { cloneTo, copyOf, openDirectory } from "./support/checkout.js";
import { eventually, processesBelow, type ServerProcess, startServer } from "./support/server-process.js";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

function directoryThatEveryoneReaches(): string {
  const directory = openDirectory();
  cleanups.push(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A clone below root's home, which nobody else may enter. */
function directoryThatRootAloneReaches(): string {
  const directory = mkdtempSync(path.join(homedir(), "cloakroom-system-"));
  chmodSync(directory, 0o700);
  cleanups.push(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function newUser(): string {
  const name = `cloakroom-${randomBytes(4).toString("hex")}`;
  execFileSync("useradd", ["--create-home", name]);
  cleanups.push(() => execFileSync("userdel", ["--remove", name], { stdio: "ignore" }));
  return name;
}

async function doesTheMainJob(server: ServerProcess): Promise<void> {
  const page = await fetch(`${server.url}/graphql`, { headers: { accept: "text/html" } });
  expect(page.headers.get("content-type")).toContain("text/html");
  expect(await page.text()).toMatch(/graphiql/i);
  expect(await runApolloProgram(server, inject("checkout"))).toContain('Audit log: {"valid":true');
}

/** Ctrl-C, and then nobody is left: neither npm, nor the server, nor a process of its Postgres. */
async function leavesNobodyBehind(server: ServerProcess, ...directories: string[]): Promise<void> {
  const alive = () => directories.flatMap((directory) => processesBelow(realpathSync(directory)));
  expect(alive().some(({ command }) => command.startsWith("postgres"))).toBe(true);
  server.interrupt("SIGINT");
  await server.ended;
  await eventually(() => alive().length === 0, 10);
  expect(alive()).toEqual([]);
}

describe("npm start", () => {
  it("needs one line in a fresh clone of root's own, and Ctrl-C leaves no process behind", async () => {
    const clone = directoryThatRootAloneReaches();
    cloneTo(clone);
    const server = await startServer({
      command: ["bash", "-c", "npm ci && npm start"],
      cwd: clone,
      startsWithinSeconds: 200,
    });
    const [, dataDirectory = ""] = /"dataDirectory":"([^"]+)"/.exec(server.output()) ?? [];
    expect(dataDirectory, server.output()).toMatch(/^\/var\/lib\/cloakroom\/[0-9a-f]{16}$/);
    cleanups.push(() => rmSync(dataDirectory, { recursive: true, force: true }));
    await doesTheMainJob(server);
    await leavesNobodyBehind(server, clone, dataDirectory);
  }, 300_000);

  it("keeps its data in the clone where Postgres' user reaches it", async () => {
    const clone = directoryThatEveryoneReaches();
    copyOf(inject("checkout"), clone);
    const server = await startServer({ command: ["npm", "start"], cwd: clone });
    await doesTheMainJob(server);
    expect(existsSync(path.join(clone, ".cloakroom", "postgres", "PG_VERSION"))).toBe(true);
    await leavesNobodyBehind(server, clone);
  });

  it("works for an ordinary user, in a clone below a home of mode 700", async () => {
    const user = newUser();
    const home = path.join("/home", user);
    chmodSync(home, 0o700);
    const clone = path.join(home, "cloakroom");
    copyOf(inject("checkout"), clone);
    rmSync(path.join(clone, "dist"), { recursive: true });
    execFileSync("chown", ["-R", `${user}:`, clone]);
    const server = await startServer({
      command: ["runuser", "-u", user, "--", "npm", "start"],
      cwd: clone,
      env: { HOME: home },
    });
    await doesTheMainJob(server);
    await leavesNobodyBehind(server, clone);
  });
});
