import { constants } from "node:fs";
import { chmod, copyFile, open, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";

/** What the file holds of one thread: a Fernet token, to be found by the hash of its session. */
export type ProgressEntries = ReadonlyMap<string, string>;

export interface ProgressFile {
  /** What an earlier process left behind. A file that cannot be read is set aside. */
  read(): Promise<Map<string, string>>;
  /** Leaves a copy as `progress.json.unreadable`, for whoever can make something of it. */
  setAside(): Promise<void>;
  /** Replaces the whole file; none where there are no entries. A process killed in the middle leaves the file before. */
  write(entries: ProgressEntries): Promise<void>;
}

/**
 * `progress.json` in the data directory, mode 0600. Of one process: two servers need two data directories. Files are made
 * anew each time: a link that lies in their place, laid by whoever else may write there, is not followed.
 */
export function createProgressFile(dataDirectory: string): ProgressFile {
  const file = path.join(dataDirectory, "progress.json");
  const draft = `${file}.new`;
  const setAside = async () => {
    await rm(`${file}.unreadable`, { force: true });
    await copyFile(file, `${file}.unreadable`, constants.COPYFILE_EXCL);
    await chmod(`${file}.unreadable`, 0o600);
  };
  return {
    setAside,
    async read() {
      const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return "{}";
        throw error;
      });
      const entries = entriesOf(text);
      if (entries) return entries;
      await setAside();
      await rm(file, { force: true });
      return new Map();
    },
    async write(entries) {
      if (entries.size === 0) return rm(file, { force: true });
      await rm(draft, { force: true });
      const handle = await open(draft, "wx", 0o600);
      try {
        await handle.chmod(0o600);
        await handle.writeFile(JSON.stringify(Object.fromEntries(entries)));
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(draft, file);
    },
  };
}

function entriesOf(text: string): Map<string, string> | null {
  try {
    const entries = Object.entries(JSON.parse(text) as object);
    const isEntry = ([hash, token]: [string, unknown]) => /^[0-9a-f]{64}$/.test(hash) && typeof token === "string";
    return entries.every(isEntry) ? new Map(entries) : null;
  } catch {
    return null;
  }
}
