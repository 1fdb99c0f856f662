import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { bundleText } from "./bundle.js";

/**
 * `npm run db:bundle` prints the bundle, for an SQL editor. `npm run db:bundle -- --push <folder>` writes it as the
 * latest migration of `supabase db push` (`supabase/migrations` where no folder is given), unless the latest of ours
 * that stands there is this very one.
 */
const ours = /^\d{14}_cloakroom\.sql$/;

async function run([mode, folder = "supabase/migrations"]: readonly string[]): Promise<void> {
  const text = await bundleText();
  if (mode === undefined) {
    process.stdout.write(text);
    return;
  }
  if (mode !== "--push") throw new Error("Say npm run db:bundle, or npm run db:bundle -- --push <folder>.");
  // npm runs scripts in the project's own folder.
  await push(path.resolve(process.env.INIT_CWD ?? ".", folder), text);
}

async function push(folder: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const names = (await readdir(folder)).sort();
  const latest = names.filter((name) => ours.test(name)).at(-1);
  if (latest && (await readFile(path.join(folder, latest), "utf8")) === text) {
    process.stdout.write(`${path.join(folder, latest)} holds this release already; nothing was written.\n`);
    return;
  }
  const file = path.join(folder, `${versionAfter(names)}_cloakroom.sql`);
  await writeFile(file, text, { flag: "wx" });
  process.stdout.write(`${file}\n`);
}

/** Now, in UTC to the second, or a second after the latest migration there, which may have been dated ahead. */
function versionAfter(names: readonly string[]): string {
  const latest = names.flatMap((name) => /^(\d{14})_.*\.sql$/.exec(name)?.[1] ?? []).at(-1) ?? "";
  const now = digits(new Date());
  if (now > latest) return now;
  const date = new Date(latest.replace(/(....)(..)(..)(..)(..)(..)/, "$1-$2-$3T$4:$5:$6Z"));
  return Number.isNaN(date.getTime()) ? String(BigInt(latest) + 1n) : digits(new Date(date.getTime() + 1000));
}

const digits = (date: Date) => date.toISOString().replace(/\D/g, "").slice(0, 14);

run(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
