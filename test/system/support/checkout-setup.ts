import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { cloneTo } from "./checkout.js";

declare module "vitest" {
  export interface ProvidedContext {
    /** A clone of this checkout that everybody may read, with its packages installed and built. */
    checkout: string;
  }
}

/** One installed clone a run, from which tests take copies: `npm ci` is the slowest thing they do. */
export function setup(project: TestProject): () => void {
  if (process.getuid?.() !== 0) throw new Error("The system tests make users and clusters: run them as root.");
  const checkout = mkdtempSync(path.join(tmpdir(), "cloakroom-checkout-"));
  chmodSync(checkout, 0o755);
  cloneTo(checkout);
  execFileSync("npm", ["ci"], { cwd: checkout, stdio: "pipe" });
  execFileSync("npm", ["run", "build"], { cwd: checkout, stdio: "pipe" });
  project.provide("checkout", checkout);
  return () => rmSync(checkout, { recursive: true, force: true });
}
