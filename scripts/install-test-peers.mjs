/**
 * What the tests set the server beside (test/peers) has a lock file of its own and is installed when they first run, so
 * that nobody waits for it who only starts the server. Does nothing while what is installed is what the lock file says.
 */
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../test/peers", import.meta.url));
const installed = `${folder}/node_modules/.package-lock.json`;

const isCurrent =
  existsSync(installed) && statSync(installed).mtimeMs >= statSync(`${folder}/package-lock.json`).mtimeMs;
if (!isCurrent) {
  process.stdout.write("Installing what the tests run beside the server (test/peers), once …\n");
  const { status } = spawnSync("npm", ["ci", "--loglevel=error"], {
    cwd: folder,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status !== 0)
    process.stderr.write("They could not be installed; the registry has to be reachable for this once.\n");
  process.exitCode = status ?? 1;
}
