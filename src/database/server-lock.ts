import { randomBytes } from "node:crypto";
import { link, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { isAlive, ownIdentity, type ProcessIdentity } from "./process-identity.js";

/** Held while one server process uses a data directory; a kill -9 frees it, since the holder is then no longer alive. */
export interface ServerLock {
  release(): Promise<void>;
}

const pattern = /^server-(\d+)\.lock$/;
const fileOf = (directory: string, generation: number) => path.join(directory, `server-${generation}.lock`);

/**
 * Takes the directory for this process, or throws one sentence naming the live process that has it.
 *
 * Two that start at once cannot both get it. The lock is the file with the highest generation; to follow a dead holder
 * of generation n is to create n + 1 with its content in one step (`link`), which one alone can do. Generations never
 * go back: a release marks its file and leaves it, so a slow contender that still believes in an old n either finds
 * n + 1 taken or, where that was cleared away meanwhile, sees a higher one on looking again and withdraws.
 */
export async function lockDirectory(directory: string): Promise<ServerLock> {
  for (;;) {
    const generation = await highestGeneration(directory);
    const holder = await holderOf(directory, generation);
    if (holder && isAlive(holder))
      throw new Error(
        `The data directory ${directory} is in use by another running server (process ${holder.pid}): stop that one, or give this one a DATA_DIR of its own.`,
      );
    const lock = await claim(directory, generation + 1);
    if (lock) return lock;
  }
}

async function claim(directory: string, generation: number): Promise<ServerLock | null> {
  const own = fileOf(directory, generation);
  if (!(await createWhole(directory, own, ownIdentity()))) return null;
  if ((await highestGeneration(directory)) !== generation) {
    await rm(own, { force: true });
    return null;
  }
  for (const older of await generationsIn(directory))
    if (older < generation) await rm(fileOf(directory, older), { force: true });
  return { release: () => replaceWhole(directory, own, { released: true }) };
}

/** @returns false where the file was there already */
async function createWhole(directory: string, file: string, content: object): Promise<boolean> {
  const draft = await writeDraft(directory, content);
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function replaceWhole(directory: string, file: string, content: object): Promise<void> {
  await rename(await writeDraft(directory, content), file).catch(ignoreMissing);
}

async function writeDraft(directory: string, content: object): Promise<string> {
  const draft = path.join(directory, `server-${randomBytes(8).toString("hex")}.draft`);
  await writeFile(draft, JSON.stringify(content), { mode: 0o644 }).catch(ignoreMissing);
  return draft;
}

/** A directory that was removed while we held it needs no release. */
function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}

async function generationsIn(directory: string): Promise<number[]> {
  const names = await readdir(directory);
  return names.flatMap((name) => pattern.exec(name)?.[1] ?? []).map(Number);
}

const highestGeneration = async (directory: string) => Math.max(0, ...(await generationsIn(directory)));

/** Null for a released or unreadable one: after a power loss the file may be empty, and then its holder is gone too. */
async function holderOf(directory: string, generation: number): Promise<ProcessIdentity | null> {
  try {
    const content: unknown = JSON.parse(await readFile(fileOf(directory, generation), "utf8"));
    const { pid, startedAt } = content as Partial<ProcessIdentity>;
    return typeof pid === "number" && typeof startedAt === "string" ? { pid, startedAt } : null;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
