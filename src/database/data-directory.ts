import { createHash } from "node:crypto";
import { accessSync, chmodSync, constants, existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { canReach, isRoot, type UnprivilegedUser, unprivilegedUser } from "./embedded-user.js";
import type { Log } from "./log.js";

const defaultDirectory = ".cloakroom";
const rootsDirectory = "/var/lib/cloakroom";
const ourEntries =
  /^(postgres(\.log|\.password|\.password\.draft|-binaries|-draft)?|server-.*\.(lock|draft)|.*\.json)$/;

/**
 * Where the data lives, as an absolute path of a directory that exists and can be written. One that was configured is
 * used or refused. The default is `.cloakroom` in the working directory; as root, where Postgres' own user cannot
 * reach that, `/var/lib/cloakroom/<hash of the folder>`, and the log says so. Without an embedded Postgres only this
 * process has to reach it.
 * @throws Error with one sentence naming the directory
 */
export function chooseDataDirectory(configured: string | undefined, log: Log, forEmbedded = true): string {
  const directory = path.resolve(configured || defaultDirectory);
  if (!forEmbedded || !isRoot()) return usable(directory);
  const user = unprivilegedUser(path.join(directory, "postgres"));
  if (!user || canReach(user, existingAbove(directory))) return reachable(usable(directory), user);
  if (configured) throw unreachable(directory, user);
  const replacement = path.join(rootsDirectory, createHash("sha256").update(directory).digest("hex").slice(0, 16));
  log(`The data directory is ${replacement}, since Postgres' user ${user.name} cannot reach ${directory}.`, {
    dataDirectory: replacement,
  });
  usable(rootsDirectory);
  return reachable(usable(replacement), user);
}

/** Made where absent: 0711 for root, so that Postgres' user passes through and lists nothing, else 0700. */
function usable(directory: string): string {
  try {
    if (!existsSync(directory)) makePassable(directory);
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    if (!statSync(directory).isDirectory()) throw new Error("not a directory");
    return directory;
  } catch {
    throw new Error(`The data directory ${directory} cannot be made or written to: set DATA_DIR to one that can.`);
  }
}

/** Folder by folder: Node's own recursive mkdir never returns where the system answers ENOENT, as below /proc. */
function makePassable(directory: string): void {
  const parent = path.dirname(directory);
  if (!existsSync(parent)) makePassable(parent);
  try {
    mkdirSync(directory);
    chmodSync(directory, isRoot() ? 0o711 : 0o700);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error; // another server starting just now
  }
}

/** A directory of root's that holds nothing but our own files is opened for passing; folders above it are not touched. */
function reachable(directory: string, user: UnprivilegedUser | null): string {
  if (!user || canReach(user, directory)) return directory;
  const { mode, uid } = statSync(directory);
  if (uid === 0 && readdirSync(directory).every((name) => ourEntries.test(name))) chmodSync(directory, mode | 0o011);
  if (canReach(user, directory)) return directory;
  throw unreachable(directory, user);
}

function existingAbove(directory: string): string {
  const parent = path.dirname(directory);
  return existsSync(parent) ? parent : existingAbove(parent);
}

const unreachable = (directory: string, { name }: UnprivilegedUser) =>
  new Error(
    `The data directory ${directory} cannot be reached by the system user ${name}, as whom Postgres runs when root starts it: let that user pass through it and every folder above (chmod o+x), or set DATA_DIR to another place.`,
  );
