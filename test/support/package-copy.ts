import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const root = path.join(import.meta.dirname, "..", "..");

/** A copy of what the server is made of, to start it without the `.env` that may lie in this checkout, or with another. */
export function makePackageCopy() {
  const copy = mkdtempSync(path.join(tmpdir(), "package-copy-"));
  for (const name of ["src", "migrations", "package.json", "tsconfig.json", "onboarding.json"])
    cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
  symlinkSync(path.join(root, "node_modules"), path.join(copy, "node_modules"));
  return { path: copy, remove: () => rmSync(copy, { recursive: true, force: true }) };
}
