import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { inject } from "vitest";
import type { Entry } from "./journal.js";

export interface Transcript {
  readonly driver: string;
  readonly cases: Readonly<Record<string, readonly Entry[]>>;
}

/**
 * Leaves this driver's transcript for the others of the same run, and answers those that were left before. Written
 * first, read then: of two drivers that finish at once at least one sees the other.
 */
export async function exchangeTranscripts(own: Transcript): Promise<readonly Transcript[]> {
  const directory = inject("transcripts");
  await mkdir(directory, { recursive: true });
  const file = path.join(directory, `${own.driver}.json`);
  await writeFile(`${file}.draft`, JSON.stringify(own));
  await rename(`${file}.draft`, file);
  const names = (await readdir(directory)).filter((name) => name.endsWith(".json") && name !== path.basename(file));
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(path.join(directory, name), "utf8"))));
}

/** As it is read back, so that what JSON leaves out (`undefined`) is left out on both sides. */
export const asWritten = (transcript: Transcript): Transcript => JSON.parse(JSON.stringify(transcript));
