import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { Setting } from "../src/config/setting.js";
import { settingsNotBuilt, settingsTable } from "../src/config/settings.js";

const root = path.join(import.meta.dirname, "..");
const textOf = (file: string) => readFileSync(path.join(root, file), "utf8");
const pages = readdirSync(path.join(root, "docs"), { recursive: true, encoding: "utf8" })
  .map((file) => path.join("docs", file))
  .filter((file) => file.endsWith(".md"));
const documents = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", ...pages];

const settings = new Map(Object.values(settingsTable).map((setting) => [setting.name, setting.default]));
/** Words of the API that look like settings: enum values, codes of errors, and what `details.change` of an event says. */
const sourcesOfWords = [
  "schema.graphql",
  "src/services/errors.ts",
  "migrations/current/functions/private/actions_shown_as.sql",
];
const words = new Set(
  [
    ...sourcesOfWords
      .map(textOf)
      .join("")
      .matchAll(/\b[A-Z_]{3,}\b/g),
  ].map(String),
);
const aliases = new Set(Object.values<Setting>(settingsTable).flatMap((setting) => setting.aliases ?? []));
/** Of each service that can be connected. */
const isOfService = (name: string) => /^OAUTH_[A-Z0-9_]+_CLIENT_(ID|SECRET)$/.test(name);
const notBuilt: readonly string[] = settingsNotBuilt;
const isSetting = (name: string) =>
  notBuilt.includes(name) ||
  [name, name.replace(/_FILE$/, "")].some((one) => settings.has(one) || aliases.has(one) || isOfService(one));
/** What an example takes from its own environment. */
const takenBy = (text: string) =>
  [...text.matchAll(/^const \{(.*)\} = process\.env;$/gm)].flatMap(([, list = ""]) => list.split(/[ ,]+/));

describe.each(documents)("%s", (file) => {
  const text = textOf(file);

  it("names no setting that there is not", () => {
    const named = [...text.matchAll(/(?<![\w-])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?!\w)/g)].map(([name]) => name);
    const own = new Set(takenBy(text));
    expect(named.filter((name) => !isSetting(name) && !words.has(name) && !own.has(name))).toEqual([]);
  });

  it("gives settings the defaults that they have", () => {
    const rows = [...text.matchAll(/^\| `([A-Z_]+)` \| (?:`([^`]*)`)? ?\|/gm)].filter(([, name = ""]) =>
      isSetting(name),
    );
    for (const [, name = "", value = ""] of rows) expect(value, name).toBe(settings.get(name) ?? "");
  });

  it("names no command that there is not", () => {
    const { scripts } = JSON.parse(textOf("package.json")) as { scripts: Record<string, string> };
    const named = [...text.matchAll(/npm run (?:-s )?([a-z][\w:-]*)/g)].map(([, name = ""]) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it("links to nothing that there is not", () => {
    const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
    const broken = targets.filter((target) => !/^https?:/.test(target) && !isThere(file, target));
    expect(broken).toEqual([]);
  });
});

/** A file beside the document, and in it the heading that the target may name. */
function isThere(file: string, target: string): boolean {
  const [place = "", heading] = target.split("#");
  const found = place === "" ? path.join(root, file) : path.join(root, path.dirname(file), place);
  if (!existsSync(found)) return false;
  return heading === undefined || headingsOf(readFileSync(found, "utf8")).includes(heading);
}

const headingsOf = (text: string) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
