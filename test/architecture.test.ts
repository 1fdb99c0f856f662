import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

/** Room → the rooms it may import, itself included always. A file belongs to the longest prefix that matches. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  database: [],
  "services/crypto": [],
  services: ["database", "services/crypto", "oauth-service.ts"],
  directives: ["services/crypto"],
  schema: ["directives", "services", "database/contract.generated"],
  resolvers: ["schema", "directives", "services"],
  "rules.ts": ["services"],
  "format-error.ts": ["services", "database", "request-fault.ts", "error-trace.ts"],
  "metrics.ts": ["services", "database"],
  "well-formed.ts": ["services"],
  "admitted-mutations.ts": ["services"],
  "counted-fields.ts": ["services"],
  "request-fault.ts": ["argument-places.ts"],
  "argument-places.ts": [],
  "error-trace.ts": ["database/port", "services/errors"],
  "lifecycle.ts": ["error-trace.ts"],
  "config.ts": ["config", "oauth-service.ts"],
  config: ["database/log", "oauth-service.ts"],
  "oauth-service.ts": [],
};
/** The files that put the house together see all of it. */
const seesEverything = /^(application|context|server|main|schema|database\/migrate-command)\.ts$|^http\//;

const root = join(import.meta.dirname, "..", "src");
const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
const rooms = Object.keys(mayImport).sort((a, b) => b.length - a.length);
const roomOf = (file: string) =>
  seesEverything.test(file) ? undefined : rooms.find((room) => file === room || file.startsWith(`${room}/`));

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(/(?:from|import)\s*\(?"(\.[^"]+)"/g)].map(([, path]) =>
    relative(root, resolve(root, dirname(file), path?.replace(/\.js$/, ".ts") ?? "")),
  );
}

describe("the house", () => {
  for (const file of files.filter((file) => roomOf(file))) {
    const room = roomOf(file) ?? "";
    it(`${file} imports only what ${room} may`, () => {
      const allowed = [room, ...(mayImport[room] ?? [])];
      const foreign = importsOf(file).filter((path) => !allowed.some((one) => path === one || path.startsWith(one)));
      expect(foreign, file).toEqual([]);
    });
  }

  it("has a rule for every file, or names it among those that see everything", () => {
    const homeless = files.filter((file) => !roomOf(file) && !seesEverything.test(file));
    expect(homeless).toEqual([]);
  });

  it("reads process.env in main.ts and the commands alone", () => {
    const readers = files.filter((file) => readFileSync(join(root, file), "utf8").includes("process.env"));
    expect(readers.filter((file) => !["main.ts", "database/migrate-command.ts"].includes(file))).toEqual([]);
  });

  it("keeps type-graphql's decorators out of services and SQL out of resolvers", () => {
    const bad = files.filter((file) => {
      const text = readFileSync(join(root, file), "utf8");
      return (
        (file.startsWith("services/") && text.includes("type-graphql")) ||
        (file.startsWith("resolvers/") && /\bselect\b.+\bfrom\b/i.test(text))
      );
    });
    expect(bad).toEqual([]);
  });
});
