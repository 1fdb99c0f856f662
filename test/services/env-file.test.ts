import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = path.join(import.meta.dirname, "..", "..");

/** A copy of the package whose `.env` names a database that cannot be: whoever reads it says so, and makes none. */
describe("the settings in .env", () => {
  let copy: string;
  beforeAll(() => {
    copy = mkdtempSync(path.join(tmpdir(), "env-file-"));
    for (const name of ["src", "migrations", "package.json", "tsconfig.json", "onboarding.json"])
      cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
    symlinkSync(path.join(root, "node_modules"), path.join(copy, "node_modules"));
    writeFileSync(path.join(copy, ".env"), "DATABASE_URL=of-the-file\nLOG_LEVEL=wrong\n");
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  const refusalOf = (command: string, environment: Record<string, string> = {}) =>
    spawnSync(process.execPath, ["--import", "tsx", command], {
      cwd: copy,
      env: { PATH: process.env.PATH, PORT: "0", ...environment },
      encoding: "utf8",
      timeout: 60_000,
    }).stderr;

  it.each(["src/main.ts", "src/database/migrate-command.ts"])("are those of %s", (command) => {
    expect(refusalOf(command)).toMatch(/DATABASE_URL must be an address.*LOG_LEVEL must be one of/);
    expect(existsSync(path.join(copy, ".cloakroom"))).toBe(false);
  });

  it("stand behind those of the environment", () => {
    const refusal = refusalOf("src/database/migrate-command.ts", { LOG_LEVEL: "info" });
    expect(refusal).toContain("DATABASE_URL must be an address");
    expect(refusal).not.toContain("LOG_LEVEL");
  });
});
