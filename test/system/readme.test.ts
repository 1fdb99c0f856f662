import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { copyOf, openDirectory } from "./support/checkout.js";
import { type ServerProcess, startServer } from "./support/server-process.js";

const phone = "+14155550123";

/** Every block that a reader copies, in order. */
function walkThrough(readme: string): string {
  const [, section = ""] = /^## A walk-through$([\s\S]*?)^## /m.exec(readme) ?? [];
  return [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block).join("\n");
}

describe("the README's walk-through, pasted line by line into bash", () => {
  const clone = openDirectory();
  let server: ServerProcess;
  let printed = "";

  beforeAll(async () => {
    copyOf(inject("checkout"), clone);
    server = await startServer({ command: ["npm", "start"], cwd: clone });
    const script = walkThrough(readFileSync(path.join(clone, "README.md"), "utf8"));
    const shell = spawn("bash", ["-c", script], {
      cwd: clone,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, URL: server.url },
    });
    for (const stream of [shell.stdout, shell.stderr])
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        printed += chunk;
      });
    const ended = new Promise((resolve) => shell.once("close", resolve));
    shell.stdin.end(`${await server.codeFor(phone)}\n`);
    await ended;
  });

  afterAll(async () => {
    await server?.stop();
    rmSync(clone, { recursive: true, force: true });
  });

  it("meets no error", () => {
    expect(printed).not.toMatch(/"errors"|Error|command not found|curl:/);
  });

  it("shows each value masked, and only the revealed cell in the clear", () => {
    expect(printed).toContain('"phone":"+1••••••••23"');
    expect(printed).toContain('"apiKey":"••••••••5678"');
    expect(printed).toContain("••••••••0001");
    expect(printed).toContain('"value":"INS-1815-0001"');
    expect(printed).toContain('"value":"••••••••1234"');
    expect(printed).not.toMatch(/INS-1906-0002|sk-walk-through|thread-walk-through/);
  });

  it("comes through the audit log, the thread, the relay and the sign-out", () => {
    for (const answer of [
      '"action":"CELL_REVEALED"',
      '"valid":true',
      '"currentDay":1',
      '"credentialsDeleted":1',
      '"duplicate":false',
      '"text":"Hello from the relay"',
      '{"data":{"revokeSession":true}}',
      '{"data":{"session":null}}',
    ])
      expect(printed).toContain(answer);
  });
});
