import { copyFile, cp, link, mkdir, readdir, readlink, symlink } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type PostgresBinaries, postgresBinaries } from "../../src/database/embedded-binaries.js";
import type { UnprivilegedUser } from "../../src/database/embedded-user.js";

const vaultFiles = ["supabase_vault.control", "supabase_vault--0.3.1.sql"];
const folder = fileURLToPath(new URL("./hosted/", import.meta.url));

/**
 * The embedded Postgres with one extension more. Postgres looks for extensions beside its own program, so this is the
 * whole tree again below `directory`, in hard links: node_modules stays as npm wrote it.
 */
export async function binariesWithVault(user: UnprivilegedUser | null, directory: string): Promise<PostgresBinaries> {
  const original = await postgresBinaries(user, path.join(directory, "binaries"));
  const native = path.join(directory, "native");
  await linkTree(path.resolve(path.dirname(original.postgres), ".."), native);
  const extensions = path.join(native, "share", "postgresql", "extension");
  for (const name of vaultFiles) await cp(path.join(folder, name), path.join(extensions, name));
  const programs = path.join(native, "bin");
  return {
    initdb: path.join(programs, path.basename(original.initdb)),
    postgres: path.join(programs, path.basename(original.postgres)),
  };
}

async function linkTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o755 });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) await linkTree(source, target);
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else if (!entry.name.endsWith(".a")) await link(source, target).catch(() => copyFile(source, target));
  }
}
