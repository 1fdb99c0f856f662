import { ApolloServer } from "@apollo/server";
import { buildSchema, type GraphQLFormattedError } from "graphql";
import { describe, expect, it } from "vitest";
import { DatabaseError } from "../../src/database/port.js";
import { createFormatError } from "../../src/format-error.js";
import { DateTime } from "../../src/schema/scalars.js";
import { conflict, rateLimited } from "../../src/services/errors.js";

const canary = "canary-5d21e0";
const schema = buildSchema(`
  scalar DateTime
  enum Role { VIEWER ADMIN }
  input Item { key: String! count: Int at: DateTime role: Role items: [Item!] }
  type Query { ask(input: Item, id: ID, word: String): String!  fail(how: String!): String  number: Int }
`);
Object.assign(schema.getType("DateTime") ?? {}, {
  parseValue: DateTime.parseValue,
  parseLiteral: DateTime.parseLiteral,
});

const failures: Record<string, () => unknown> = {
  domain: () => conflict("This name is taken."),
  limited: () => rateLimited(7),
  spent: () => new DatabaseError("CR429", "This key has no requests left for this minute.", "46399"),
  input: () => new DatabaseError("CR422", "This is no phone.", "input.phone"),
  lost: () => new DatabaseError("08006", `connection to ${canary} lost`),
  bug: () => new DatabaseError("42P01", `relation "${canary}" does not exist`),
  crash: () => new TypeError(`cannot read\n    at ${canary}`),
  shield: () => new Error("Not Authorised!"),
  disguised: () => new Error(`Argument "${canary}" of required type "X"`),
};

async function ask(query: string, variables: Record<string, unknown> = {}) {
  const log: object[] = [];
  const server = new ApolloServer({
    schema,
    rootValue: {
      ask: () => null,
      number: () => canary,
      fail: ({ how }: { how: string }) => {
        throw failures[how]?.();
      },
    },
    includeStacktraceInErrorResponses: true,
    formatError: createFormatError({ error: (line) => log.push(line), warn: (line) => log.push(line) }),
    parseOptions: { maxTokens: 1000 },
  });
  const { body } = await server.executeOperation({ query, variables });
  const errors = (body.kind === "single" && body.singleResult.errors) || [];
  return { error: errors[0] as GraphQLFormattedError, text: JSON.stringify(body), log };
}

describe("an error that leaves", () => {
  it("keeps the message, code and details of a refusal, and its path", async () => {
    const { error } = await ask(`{ fail(how: "domain") }`);
    expect(error).toMatchObject({ message: "This name is taken.", path: ["fail"], extensions: { code: "CONFLICT" } });
    expect((await ask(`{ fail(how: "limited") }`)).error).toMatchObject({
      message: "Too many tries. Try again in 7 s.",
      extensions: { code: "RATE_LIMITED", retryAfter: 7 },
    });
    expect((await ask(`{ fail(how: "spent") }`)).error).toMatchObject({
      message: "This key has no requests left for this minute.",
      extensions: { code: "RATE_LIMITED", retryAfter: 46_399 },
    });
    expect((await ask(`{ fail(how: "input") }`)).error.extensions).toEqual({
      code: "BAD_USER_INPUT",
      field: "input.phone",
    });
    expect((await ask(`{ fail(how: "shield") }`)).error.extensions).toEqual({ code: "FORBIDDEN" });
  });

  it("says of an unreachable database that it is UNAVAILABLE, and no more", async () => {
    const { error, text, log } = await ask(`{ fail(how: "lost") }`);
    expect(error.extensions).toEqual({ code: "UNAVAILABLE" });
    expect(log).toMatchObject([{ msg: "database unavailable", sqlState: "08006" }]);
    expect(text + JSON.stringify(log)).not.toContain("canary");
  });

  it("is INTERNAL_SERVER_ERROR with a request id where it is a bug, its message neither told nor logged", async () => {
    for (const how of ["bug", "crash", "disguised"]) {
      const { error, text, log } = await ask(`{ fail(how: "${how}") }`);
      expect(error.extensions).toEqual({ code: "INTERNAL_SERVER_ERROR", requestId: expect.any(String) });
      expect(log).toMatchObject([{ msg: "request failed", requestId: error.extensions?.requestId, path: ["fail"] }]);
      expect(JSON.stringify(log)).toContain("format-error.test.ts");
      expect(text + JSON.stringify(log)).not.toContain("canary");
    }
  });

  it("does not quote a value that a scalar could not print", async () => {
    const { error, text } = await ask("{ number }");
    expect(error.extensions?.code).toBe("INTERNAL_SERVER_ERROR");
    expect(text).not.toContain("canary");
  });

  it("is logged once where one failure meets many fields", async () => {
    const log: object[] = [];
    const format = createFormatError({ error: (line) => log.push(line), warn: () => {} });
    const failure = new Error(canary);
    const ids = [1, 2, 3].map(() => format({ message: "" }, failure).extensions?.requestId);
    expect(new Set(ids).size).toBe(1);
    expect(log).toHaveLength(1);
  });

  it("takes thrown things that are no errors", () => {
    const format = createFormatError({ error: () => {}, warn: () => {} });
    for (const thrown of [canary, null, undefined, { canary }])
      expect(format({ message: canary }, thrown).extensions?.code).toBe("INTERNAL_SERVER_ERROR");
  });
});

describe("a fault of the request", () => {
  const declared = "query($i: Item!) { ask(input: $i) }";
  const cases: [string, string, Record<string, unknown>, string | undefined][] = [
    ["a syntax error", `{ ask(word: ${canary}" `, {}, undefined],
    ["a string where a number stands", `{ ask(input: { key: "a", count: "${canary}" }) }`, {}, "input.count"],
    ["a number where a string stands", "{ ask(word: 5150155) }", {}, "word"],
    ["a name where a string stands", "{ ask(word: canary5d21e0) }", {}, "word"],
    ["an unknown enum value", `{ ask(input: { key: "a", role: canary5d21e0 }) }`, {}, "input.role"],
    ["a time without offset", `{ ask(input: { key: "a", at: "${canary}" }) }`, {}, "input.at"],
    ["a missing input field", `{ ask(input: { items: [{ key: "a" }, {}], key: "" }) }`, {}, "input.items.1.key"],
    ["a missing argument", "{ fail }", {}, "how"],
    ["an unknown input field", `{ ask(input: { key: "a", canary5d21e0: 1 }) }`, {}, "input"],
    ["null for a variable", declared, { i: null }, "input"],
    ["a variable left out", declared, {}, "input"],
    ["a string for an object", declared, { i: canary }, "input"],
    ["a wrong field inside", declared, { i: { key: { canary } } }, "input.key"],
    ["a field left out inside", declared, { i: { count: 1, secret: canary } }, "input.key"],
    [
      "a wrong item inside",
      declared,
      { i: { key: canary, items: [{ key: canary }, { key: 5 }] } },
      "input.items.1.key",
    ],
    ["an unknown enum value inside", declared, { i: { key: canary, role: canary } }, "input.role"],
    ["a number beyond Int", declared, { i: { key: canary, count: 5e15 } }, "input.count"],
    ["a wrong time inside", declared, { i: { key: canary, at: canary } }, "input.at"],
    ["a field nobody defined", declared, { i: { key: canary, [canary]: canary } }, "input"],
    ["a key that poses as a place", declared, { i: { key: "a", 'x at "i.key"': 'x at "i.count"' } }, "input"],
    ["a value that poses as a place", declared, { i: 'x at "i.count"' }, "input"],
    [
      "a variable deep in an argument",
      "query($k: String!) { ask(input: { items: [{ key: $k }], key: $k }) }",
      { k: 5 },
      "input.items.0.key",
    ],
  ];
  for (const [what, query, variables, field] of cases)
    it(`is BAD_USER_INPUT that names the place and not the value: ${what}`, async () => {
      const { error, text } = await ask(query, variables);
      expect(error.extensions).toEqual({ code: "BAD_USER_INPUT", ...(field && { field }) });
      expect(text).not.toMatch(/canary|5150155|x at/);
      expect(error.locations ?? error.path).toBeDefined();
    });

  it("says which field was meant where the name is close", async () => {
    const { error } = await ask(declared, { i: { key: "a", cuont: 1 } });
    expect(error.message).toBe('Field "cuont" is not defined by type "Item". Did you mean "count"?');
  });

  it("is told briefly for a query that is endless, too deep or names no operation", async () => {
    for (const query of [`{ ${"ask ".repeat(2000)} }`, "{a".repeat(900), "query A { number } query B { number }"]) {
      const { error } = await ask(query);
      expect(error.extensions).toEqual({ code: "BAD_USER_INPUT" });
      expect(error.message.length).toBeLessThan(120);
    }
  });
});
