import "reflect-metadata";
import { graphql } from "graphql";
import { Args, buildSchema, Field, ObjectType, Query, Resolver } from "type-graphql";
import { expect, it } from "vitest";
import { printSdl } from "../../src/directives/print-sdl.js";
import { maskSensitiveFields, Sensitive } from "../../src/directives/sensitive.js";
import { connectionOf, encodeCursor, PageArguments, pageOf, toConnection } from "../../src/schema/paging.js";
import { domainErrorOf } from "../../src/services/errors.js";

@ObjectType({ simpleResolvers: true })
class Coat {
  @Sensitive()
  @Field(() => String)
  owner!: string;
}
const CoatConnection = connectionOf("Coat", () => Coat);

const coats = Array.from({ length: 5 }, (_, index) => ({ owner: `owner ${index}`, index }));

@Resolver()
class CoatResolver {
  @Query(() => CoatConnection)
  coats(@Args(() => PageArguments) args: PageArguments) {
    const page = pageOf(args, ["integer"]);
    const from = page.after ? Number(page.after[0]) + 1 : 0;
    return toConnection(coats.slice(from, from + page.limit), page, ({ index }) => [index]);
  }
}
const style = connectionOf("Other", () => Coat);
const schema = await buildSchema({ resolvers: [CoatResolver], orphanedTypes: [style], validate: false });

async function page(text: string) {
  const source = `{ coats${text} { nodes { owner } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
  const { data, errors } = await graphql({ schema, source });
  const refusal = domainErrorOf(errors?.[0]?.originalError);
  return {
    coats: data?.coats as ReturnType<CoatResolver["coats"]>,
    field: refusal?.extensions.field,
    code: refusal?.code,
  };
}

it("a connection walks a list to its end, and says on each page where it is", async () => {
  const first = await page("(first: 2)");
  expect(first.coats.nodes).toEqual([{ owner: "owner 0" }, { owner: "owner 1" }]);
  expect(first.coats.pageInfo).toEqual({
    hasNextPage: true,
    hasPreviousPage: false,
    startCursor: encodeCursor([0]),
    endCursor: encodeCursor([1]),
  });
  const last = await page(`(first: 3, after: "${first.coats.pageInfo.endCursor}")`);
  expect(last.coats.edges).toHaveLength(3);
  expect(last.coats.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  const beyond = await page(`(after: "${last.coats.pageInfo.endCursor}")`);
  expect(beyond.coats).toEqual({
    nodes: [],
    edges: [],
    pageInfo: { hasNextPage: false, hasPreviousPage: true, startCursor: null, endCursor: null },
  });
});

it("first is from 1 to 500, and 50 where it is left out", async () => {
  for (const first of [0, -1, 501, 2_147_483_647])
    expect(await page(`(first: ${first})`)).toMatchObject({ code: "BAD_USER_INPUT", field: "first" });
  for (const first of [1, 500]) expect((await page(`(first: ${first})`)).code).toBeUndefined();
  expect(pageOf(new PageArguments(), []).limit).toBeNaN();
  expect((await page("")).coats.nodes).toHaveLength(5);
});

it("a cursor that this list did not answer is refused, whatever it holds", async () => {
  const forged = [
    "",
    "x",
    "é",
    "null",
    encodeCursor([]),
    encodeCursor(["0"]),
    encodeCursor([1.5]),
    encodeCursor([-1]),
    encodeCursor([1, 1]),
    "A".repeat(10_000),
  ];
  for (const cursor of forged)
    expect(await page(`(after: "${cursor}")`), cursor).toMatchObject({ code: "BAD_USER_INPUT", field: "after" });
  const id = "0b0f4c9e-7b1f-4a52-9f0c-0d7f4d3f2b11";
  const time = "2026-11-20T15:46:40.123456+00:00";
  const read = (values: (string | number)[]) =>
    pageOf({ first: 1, after: encodeCursor(values) }, ["time", "uuid"]).after;
  expect(read([time, id])).toEqual([time, id]);
  for (const values of [
    [id, time],
    [time, `${id}'`],
    ["2026-99-20T15:46:40+00:00", id],
    ["now", id],
  ])
    expect(() => read(values)).toThrow(/cursor/);
});

it("prints as the contract has it", () => {
  const sdl = printSdl(schema);
  expect(sdl).toContain("coats(after: String, first: Int! = 50): CoatConnection!");
  expect(sdl).toContain("type CoatConnection {\n  edges: [CoatEdge!]!\n  nodes: [Coat!]!\n  pageInfo: PageInfo!\n}");
  expect(sdl).toContain("type CoatEdge {\n  cursor: String!\n  node: Coat!\n}");
  expect(sdl).toContain(
    "type PageInfo {\n  endCursor: String\n  hasNextPage: Boolean!\n  hasPreviousPage: Boolean!\n  startCursor: String\n}",
  );
});

it("needs the enum of masks where a sensitive field is", () => {
  expect(() => maskSensitiveFields(schema)).toThrow("@sensitive needs the enum MaskStyle in the schema.");
});
