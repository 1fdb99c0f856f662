import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import path from "node:path";

/** The system user as whom Postgres runs, where we are root; Postgres itself refuses to run as root. */
export interface UnprivilegedUser {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

const ownName = "cloakroom";

export const isRoot = () => process.getuid?.() === 0;

/**
 * As whom the embedded Postgres runs: null (as ourselves) for an ordinary user. As root the owner of an existing
 * cluster, else `postgres`, else the system user `cloakroom`, which is made where it is absent.
 * @throws Error with one sentence where no such user exists and none can be made
 */
export function unprivilegedUser(clusterDirectory?: string): UnprivilegedUser | null {
  if (!isRoot()) return null;
  return ownerOf(clusterDirectory) ?? lookUp("postgres") ?? lookUp(ownName) ?? create();
}

/** Whether the user can pass through every folder down to and including this one, by modes, groups or ACLs alike. */
export const canReach = (user: UnprivilegedUser, directory: string) => succeedsAs(user, 'cd "$1"', directory);

export const canRead = (user: UnprivilegedUser, file: string) => succeedsAs(user, 'test -r "$1"', file);

function succeedsAs({ uid, gid }: UnprivilegedUser, script: string, argument: string): boolean {
  return spawnSync("/bin/sh", ["-c", script, "sh", argument], { uid, gid, cwd: "/", stdio: "ignore" }).status === 0;
}

function ownerOf(clusterDirectory: string | undefined): UnprivilegedUser | null {
  if (!clusterDirectory || !existsSync(path.join(clusterDirectory, "PG_VERSION"))) return null;
  const { uid, gid } = statSync(clusterDirectory);
  return uid === 0 ? null : { uid, gid, name: id("-nu", String(uid)) ?? String(uid) };
}

function lookUp(name: string): UnprivilegedUser | null {
  const uid = Number(id("-u", name) ?? Number.NaN);
  const gid = Number(id("-g", name) ?? Number.NaN);
  return Number.isInteger(uid) && Number.isInteger(gid) && uid !== 0 ? { uid, gid, name } : null;
}

function id(flag: string, name: string): string | null {
  const { status, stdout } = spawnSync("id", [flag, name], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : null;
}

function create(): UnprivilegedUser {
  spawnSync("useradd", ["--system", "--user-group", "--no-create-home", "--shell", "/bin/false", ownName]);
  const user = lookUp(ownName) ?? createOnBusybox();
  if (!user)
    throw new Error(
      "Postgres does not run as root, and neither a system user `postgres` nor a way to make one was found: start the server as an ordinary user, or set DATABASE_URL.",
    );
  return user;
}

function createOnBusybox(): UnprivilegedUser | null {
  spawnSync("adduser", ["-S", "-D", "-H", "-s", "/bin/false", ownName]);
  return lookUp(ownName);
}
