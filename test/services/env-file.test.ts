import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePackageCopy } from "../support/package-copy.js";

/** A copy of the package whose `.env` names a database that cannot be: whoever reads it says so, and makes none. */
describe("the settings in .env", () => {
  let copy: ReturnType<typeof makePackageCopy>;
  beforeAll(() => {
    copy = makePackageCopy();
    writeFileSync(path.join(copy.path, ".env"), "DATABASE_URL=of-the-file\nLOG_LEVEL=wrong\n");
  });
  afterAll(() => copy?.remove());

  const refusalOf = (command: string, environment: Record<string, string> = {}) =>
    spawnSync(process.execPath, ["--import", "tsx", command], {
      cwd: copy.path,
      env: { PATH: process.env.PATH, PORT: "0", ...environment },
      encoding: "utf8",
      timeout: 60_000,
    }).stderr;

  it.each(["src/main.ts", "src/database/migrate-command.ts"])("are those of %s", (command) => {
    expect(refusalOf(command)).toMatch(/DATABASE_URL must be an address.*LOG_LEVEL must be one of/);
    expect(existsSync(path.join(copy.path, ".cloakroom"))).toBe(false);
  });

  it("stand behind those of the environment", () => {
    const refusal = refusalOf("src/database/migrate-command.ts", { LOG_LEVEL: "info" });
    expect(refusal).toContain("DATABASE_URL must be an address");
    expect(refusal).not.toContain("LOG_LEVEL");
  });
});
