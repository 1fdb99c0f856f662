import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../../..");

/** What `git clone` would bring, and what is not committed yet: the checkout without anything that is ignored. */
export function cloneTo(directory: string): void {
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const names = execFileSync("git", list, { cwd: root, encoding: "utf8" }).split("\0").filter(Boolean);
  for (const name of names)
    if (existsSync(path.join(root, name))) cpSync(path.join(root, name), path.join(directory, name));
}

/** A copy of an installed clone. */
export function copyOf(checkout: string, directory: string): void {
  execFileSync("cp", ["-a", `${checkout}/.`, directory]);
}

/** A new folder that everybody may pass through, so that Postgres' own user reaches what is in it. */
export function openDirectory(parent = tmpdir()): string {
  const directory = mkdtempSync(path.join(parent, "cloakroom-system-"));
  chmodSync(directory, 0o755);
  return directory;
}
