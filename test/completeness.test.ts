import { existsSync } from "node:fs";
import { join } from "node:path";
import type { GraphQLObjectType } from "graphql";
import { beforeAll, describe, expect, it } from "vitest";
import { ruledFields } from "../src/rules.js";
import { buildCloakroomSchema } from "../src/schema.js";

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

describe("every operation", () => {
  const operations: { type: "Query" | "Mutation"; name: string }[] = [];
  beforeAll(async () => {
    const schema = await buildCloakroomSchema();
    for (const type of ["Query", "Mutation"] as const)
      for (const name of Object.keys((schema.getType(type) as GraphQLObjectType).getFields()))
        operations.push({ type, name });
  });

  it("has a rule of its own", () => {
    const unruled = operations.filter(({ type, name }) => !(name in ruledFields[type]));
    expect(unruled).toEqual([]);
    const ruled = (["Query", "Mutation"] as const).flatMap((type) => Object.keys(ruledFields[type]));
    expect(ruled.filter((name) => name !== "*" && !operations.some((operation) => operation.name === name))).toEqual(
      [],
    );
  });

  it("has a test file of its own over HTTP", () => {
    const untested = operations
      .map(({ name }) => join(import.meta.dirname, "operations", `${kebab(name)}.test.ts`))
      .filter((file) => !existsSync(file));
    expect(untested).toEqual([]);
  });
});
