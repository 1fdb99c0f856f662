import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import path from "node:path";
import { describe, expect, inject, it } from "vitest";
import { runApolloProgram } from "./support/apollo-program.js";
import { openDirectory } from "./support/checkout.js";
import { startServer } from "./support/server-process.js";

/** npm's package `node` carries the real program of that version. */
function nodeOf(version: string): string {
  const args = ["exec", "--yes", `--package=node@${version}`, "--", "node", "-p", "process.execPath"];
  return execFileSync("npm", args, { cwd: inject("checkout"), encoding: "utf8" }).trim();
}

describe.each(["20.19", "22", "24"])("on Node %s", (version) => {
  it("the server and an Apollo client do the main job", async () => {
    const node = nodeOf(version);
    expect(execFileSync(node, ["--version"], { encoding: "utf8" })).toContain(`v${version}.`);
    const directory = openDirectory();
    const server = await startServer({
      command: [node, "dist/main.js"],
      cwd: inject("checkout"),
      env: { DATA_DIR: path.join(directory, "data") },
    });
    expect(await runApolloProgram(server, inject("checkout"), node)).toContain('Audit log: {"valid":true');
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  });
});
