import { lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createProgressFile, type ProgressFile } from "../../src/services/outside/progress-file.js";
import { createThreadFallback, noProgress, type WaitingChanges } from "../../src/services/thread-fallback.js";

const salt = "a database salt of forty characters 01234";
const hash = (n: number) => n.toString(16).padStart(64, "0");
const progress = (length: number) => ({ progress: { token: "t".repeat(length), salt: "s" } });

describe("progress that waits for the database", () => {
  let directory: string;
  let file: ProgressFile;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "cloakroom-fallback-"));
    file = createProgressFile(directory);
  });
  afterEach(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));

  const merged = async (fallback: Awaited<ReturnType<typeof createThreadFallback>>) => {
    const all: [string, WaitingChanges][] = [];
    await fallback.settle(async (of, waiting) => void all.push([of, waiting]));
    return all;
  };

  it("is what the next process finds, whole, and is merged once", async () => {
    const first = await createThreadFallback(file, salt);
    await Promise.all(Array.from({ length: 50 }, (_, n) => first.keep(hash(n), { day: n })));
    await first.keep(hash(7), progress(10));
    const next = await createThreadFallback(createProgressFile(directory), salt);
    const all = await merged(next);
    expect(all).toHaveLength(50);
    expect(all.find(([of]) => of === hash(7))?.[1].changes).toEqual({ day: 7, ...progress(10) });
    expect(await merged(next)).toEqual([]);
    await expect.poll(() => readdir(directory), { timeout: 20_000 }).toEqual([]);
  });

  it("stays where merging stops in the middle, and is not handed in again where it was taken", async () => {
    const fallback = await createThreadFallback(file, salt);
    for (const n of [1, 2, 3]) await fallback.keep(hash(n), { day: n });
    const failing = fallback.settle(async (of) => {
      if (of === hash(2)) throw new Error("away again");
    });
    await expect(failing).rejects.toThrow("away again");
    expect((await merged(fallback)).map(([of]) => of)).toEqual([hash(2), hash(3)]);
  });

  it("that was saved while it was merged waits for the next time", async () => {
    const fallback = await createThreadFallback(file, salt);
    await fallback.keep(hash(1), { day: 1 });
    await fallback.settle(async () => void (await fallback.keep(hash(1), { day: 2 })));
    expect((await merged(fallback)).map(([, { changes }]) => changes.day)).toEqual([2]);
  });

  it("follows no link that somebody laid in the directory: what it leads to stays as it is", async () => {
    const foreign = path.join(directory, "foreign");
    await writeFile(foreign, "theirs");
    await symlink(foreign, path.join(directory, "progress.json.new"));
    await symlink(foreign, path.join(directory, "progress.json.unreadable"));
    await writeFile(path.join(directory, "progress.json"), "not JSON");
    const fallback = await createThreadFallback(file, salt);
    expect(await fallback.keep(hash(1), { day: 1 })).toMatchObject({ currentDay: 1 });
    expect(await readFile(foreign, "utf8")).toBe("theirs");
    expect(await readFile(path.join(directory, "progress.json.unreadable"), "utf8")).toBe("not JSON");
    expect((await lstat(path.join(directory, "progress.json"))).isFile()).toBe(true);
  });

  it("is newer than what the database said last, though its clock be ahead", async () => {
    const fallback = await createThreadFallback(file, salt);
    const updatedAt = new Date(Date.now() + 60_000).toISOString();
    fallback.remember(hash(1), { ...noProgress, currentDay: 1, updatedAt });
    await fallback.keep(hash(1), { day: 2 });
    const [[, { savedAt }] = ["", { savedAt: "" }]] = await merged(fallback);
    expect(Date.parse(savedAt)).toBe(Date.parse(updatedAt) + 1);
  });

  it("of sessions that were never seen gets half of the room, so that made-up ones crowd nobody out", async () => {
    const fallback = await createThreadFallback(file, salt);
    fallback.remember(hash(999), noProgress);
    const big = progress(2_000_000);
    const kept: unknown[] = [];
    for (let n = 0; n < 12; n++) kept.push(await fallback.keep(hash(n), big));
    expect(kept.filter((one) => one !== null).length).toBeLessThan(9);
    expect(await fallback.keep(hash(0), progress(6_000_000))).toBeNull();
    expect(await fallback.keep(hash(999), big)).not.toBeNull();
  });

  it("under another DATABASE_SALT, or that is no progress at all, is set aside and stops nothing", async () => {
    await (await createThreadFallback(file, "another salt of forty characters 0123456")).keep(hash(1), { day: 1 });
    const foreign = await readFile(path.join(directory, "progress.json"), "utf8");
    const fallback = await createThreadFallback(file, salt);
    expect(fallback.isWaiting()).toBe(false);
    expect(await readFile(path.join(directory, "progress.json.unreadable"), "utf8")).toBe(foreign);
    await fallback.keep(hash(2), { day: 2 });
    expect(await merged(fallback)).toHaveLength(1);
    await expect.poll(() => readdir(directory), { timeout: 20_000 }).toEqual(["progress.json.unreadable"]);

    await writeFile(path.join(directory, "progress.json"), '{"half', { mode: 0o644 });
    expect((await createThreadFallback(file, salt)).isWaiting()).toBe(false);
    const aside = path.join(directory, "progress.json.unreadable");
    expect([await readFile(aside, "utf8"), (await stat(aside)).mode & 0o777]).toEqual(['{"half', 0o600]);
  });

  it("is not promised where the file cannot be written, and nothing is kept without one", async () => {
    const fallback = await createThreadFallback(file, salt);
    await rm(directory, { recursive: true });
    expect(await fallback.keep(hash(1), { day: 1 })).toBeNull();
    expect(fallback.isWaiting()).toBe(false);
    expect(await (await createThreadFallback(null, salt)).keep(hash(1), { day: 1 })).toBeNull();
  });

  it("that a full disk keeps in the file is taken out of it later", async () => {
    let isFull = false;
    const failing: ProgressFile = {
      ...file,
      write: async (entries) => (isFull ? Promise.reject(new Error("ENOSPC")) : file.write(entries)),
    };
    const fallback = await createThreadFallback(failing, salt);
    await fallback.keep(hash(1), { day: 1 });
    isFull = true;
    expect(await merged(fallback)).toHaveLength(1);
    await expect.poll(() => fallback.isWaiting(), { timeout: 20_000 }).toBe(true);
    isFull = false;
    expect(await merged(fallback)).toEqual([]);
    await expect.poll(() => readdir(directory), { timeout: 20_000 }).toEqual([]);
    expect(fallback.isWaiting()).toBe(false);
  });
});
