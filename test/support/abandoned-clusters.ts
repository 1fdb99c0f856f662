import { readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { stopLeftOver } from "../../src/database/left-over-postgres.js";
import { lockDirectory } from "../../src/database/server-lock.js";

/** A run that was killed leaves its clusters running and nobody to stop them: those whose directories begin so. */
export async function removeAbandonedClusters(prefix: string): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(prefix)) continue;
    const directory = path.join(tmpdir(), name);
    if (await isYoung(directory)) continue;
    const isAbandoned = await lockDirectory(directory).then(
      () => true,
      () => false,
    );
    if (!isAbandoned) continue;
    await stopLeftOver(path.join(directory, "postgres")).catch(() => undefined);
    await rm(directory, { recursive: true, force: true });
  }
}

/** One that is just being made is not locked yet. */
async function isYoung(directory: string): Promise<boolean> {
  const { birthtimeMs } = await stat(directory).catch(() => ({ birthtimeMs: Date.now() }));
  return Date.now() - birthtimeMs < 60_000;
}
