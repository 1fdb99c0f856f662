import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { chooseDataDirectory } from "../../src/database/data-directory.js";

const isRoot = process.getuid?.() === 0;
const log = () => undefined;
const modeOf = async (directory: string) => (await stat(directory)).mode & 0o777;
let closed: string;
let open: string;

beforeEach(async () => {
  closed = await mkdtemp(path.join(tmpdir(), "cloakroom-data-"));
  open = await mkdtemp(path.join(tmpdir(), "cloakroom-data-"));
  await chmod(open, 0o755);
});
afterEach(async () => {
  for (const directory of [closed, open]) await rm(directory, { recursive: true, force: true });
});

test("a configured directory is made where it is absent, and nobody else can list it", async () => {
  const directory = path.join(open, "deeper/data");
  expect(chooseDataDirectory(directory, log)).toBe(directory);
  expect(await modeOf(directory)).toBe(isRoot ? 0o711 : 0o700);
});

test("one that Postgres' user cannot reach is refused in a sentence and not made; an ordinary user is that user", async () => {
  const directory = path.join(closed, "data");
  const choose = () => chooseDataDirectory(directory, log);
  if (!isRoot) return expect(choose()).toBe(directory);
  expect(choose).toThrow(/^The data directory .*data cannot be reached by the system user \w+,[^.]*\.$/);
  await expect(stat(directory)).rejects.toThrow("ENOENT");
  expect(chooseDataDirectory(directory, log, false)).toBe(directory);
});

test("an empty directory of root's own is opened for passing; one with other people's files keeps its mode", async () => {
  expect(chooseDataDirectory(closed, log)).toBe(closed);
  const other = path.join(open, "other");
  await mkdir(other, { mode: 0o700 });
  await writeFile(path.join(other, "diary.txt"), "");
  if (isRoot) expect(() => chooseDataDirectory(other, log)).toThrow("cannot be reached");
  expect(await modeOf(other)).toBe(0o700);
});

test("what is no directory, or lies where none can be made, is refused in a sentence", async () => {
  const file = path.join(open, "file");
  await writeFile(file, "");
  for (const impossible of [file, path.join(file, "below"), "/proc/cloakroom/data"])
    expect(() => chooseDataDirectory(impossible, log)).toThrow(/^The data directory .* cannot be [^.]*\.$/);
});
