import { readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { commandOf, pidExists } from "./process-identity.js";

/** How long a fast shutdown may take before an immediate one follows. */
export const stopSeconds = 30;

/**
 * Stops the Postgres that a killed server left behind, and says whether there was one. A postmaster.pid whose number
 * now belongs to another program is cleared away, which Postgres itself would take for a running server.
 */
export async function stopLeftOver(cluster: string): Promise<boolean> {
  const pid = Number((await postmasterFile(cluster))[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !pidExists(pid)) return false;
  if (!(await runsIn(pid, cluster))) {
    await rm(path.join(cluster, "postmaster.pid"), { force: true });
    return false;
  }
  for (const signal of ["SIGINT", "SIGQUIT"] as const) {
    process.kill(pid, signal);
    const deadline = Date.now() + stopSeconds * 1000;
    while (Date.now() < deadline) {
      if (!(await runsIn(pid, cluster))) return true;
      await sleep(20);
    }
  }
  throw new Error(`A Postgres left behind by a killed server (process ${pid}) does not stop: stop it by hand.`);
}

/**
 * Whether the process is a Postgres on this very directory, by whatever path it came there. Postgres works inside its
 * directory, which Linux tells; elsewhere its command line does. A process that ended and was not waited for has neither.
 */
async function runsIn(pid: number, cluster: string): Promise<boolean> {
  const command = commandOf(pid);
  if (!command?.includes("postgres")) return false;
  const named = /-D (.+?) -c /.exec(command)?.[1] ?? "";
  const place = await stat(`/proc/${pid}/cwd`).catch(() => stat(named).catch(() => null));
  const own = await stat(cluster);
  return place !== null && place.dev === own.dev && place.ino === own.ino;
}

/** Its lines: the first is the process, the eighth says `ready` once connections are served. Empty where there is none. */
export async function postmasterFile(cluster: string): Promise<string[]> {
  const text = await readFile(path.join(cluster, "postmaster.pid"), "utf8").catch(() => "");
  return text.split("\n");
}
