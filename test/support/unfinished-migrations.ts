import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { ownMigrationsDirectory, readMigrationFiles } from "../../src/database/migration-files.js";

/** TEMPORARY while functions are still being written: grants.sql without the functions that no file defines yet. */
export async function withoutMissingGrants<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const { current } = await readMigrationFiles();
  const names = new Set(current.map((file) => file.name));
  const directory = await mkdtemp(path.join(tmpdir(), "cloakroom-migrations-"));
  try {
    await cp(ownMigrationsDirectory, directory, { recursive: true });
    const file = path.join(directory, "current/grants.sql");
    const kept = (await readFile(file, "utf8"))
      .replace(/--.*$/gm, "")
      .split(";")
      .map((statement) => {
        const functions = statement.match(/cloakroom_(api|private)\.\w+\([^)]*\)/g) ?? [];
        const there = functions.filter((text) => {
          const [, schema, name] = /^cloakroom_(api|private)\.(\w+)/.exec(text) ?? [];
          return names.has(`current/functions/${schema}/${name}.sql`);
        });
        if (functions.length === 0 || there.length === functions.length) return statement;
        return there.length === 0
          ? ""
          : statement.replace(/(?<=on function)[\s\S]*?(?=\sto\s)/, ` ${there.join(", ")}`);
      });
    await writeFile(file, kept.join(";"));
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
