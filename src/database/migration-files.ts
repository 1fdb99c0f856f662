import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

export interface SqlFile {
  /** Path below the migrations directory, with forward slashes. */
  readonly name: string;
  readonly sql: string;
  readonly sha256: string;
}

export interface MigrationFiles {
  /** `NNNN_what.sql`, in order: run once, never edited. */
  readonly numbered: readonly SqlFile[];
  /** `current/**`: the definitions in force, run again when any of them changed. */
  readonly current: readonly SqlFile[];
}

/** The same place from `src/database` and from `dist/database`. */
export const ownMigrationsDirectory = fileURLToPath(new URL("../../migrations/", import.meta.url));

export async function readMigrationFiles(directory = ownMigrationsDirectory): Promise<MigrationFiles> {
  const names = (await readdir(directory, { recursive: true }))
    .map((name) => name.split(path.sep).join("/"))
    .filter((name) => name.endsWith(".sql"))
    .sort();
  const read = (name: string) => readSqlFile(directory, name);
  return {
    numbered: await Promise.all(names.filter((name) => /^\d{4}_[a-z0-9_]+\.sql$/.test(name)).map(read)),
    current: await Promise.all(names.filter((name) => name.startsWith("current/")).map(read)),
  };
}

async function readSqlFile(directory: string, name: string): Promise<SqlFile> {
  const sql = await readFile(path.join(directory, name), "utf8");
  return { name, sql, sha256: sha256(sql) };
}

export const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
