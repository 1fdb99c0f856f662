import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSchema, LoneAnonymousOperationRule, parse, specifiedRules, validate } from "graphql";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const schema = buildSchema(readFileSync(join(root, "schema.graphql"), "utf8"));
const documents = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".md"))
  .map((name) => ({ name, text: readFileSync(join(root, "docs", name), "utf8") }))
  .flatMap(({ name, text }) => [...text.matchAll(/```graphql\n(.*?)```/gs)].map(([, query = ""]) => ({ name, query })));

/** One block may show several requests, one after the other. */
const rules = specifiedRules.filter((rule) => rule !== LoneAnonymousOperationRule);

describe("GraphQL in docs", () => {
  it("is there", () => expect(documents.length).toBeGreaterThan(2));

  for (const { name, query } of documents)
    it(`holds against the schema: ${name}, ${query.split("\n")[0]}`, () => {
      expect(validate(schema, parse(query), rules).map(({ message }) => message)).toEqual([]);
    });
});
