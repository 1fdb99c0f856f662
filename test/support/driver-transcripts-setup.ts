import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    /** Where the drivers of one run leave their answers for each other. */
    transcripts: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(path.join(tmpdir(), "cloakroom-driver-transcripts-"));
  project.provide("transcripts", directory);
  return () => rm(directory, { recursive: true, force: true });
}
