import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answeredFrom, startTableStage, type TableStage } from "../support/table-stage.js";

describe("table", () => {
  let stage: TableStage;
  beforeAll(async () => {
    stage = await startTableStage();
  });
  afterAll(() => stage?.close());

  const page = async (args: string) => {
    const query = `query($id: ID!) { table(id: $id) { rows${args} {
      nodes { id } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`;
    const answer = await stage.server.graphql<{
      table: {
        rows: {
          nodes: { id: string }[];
          edges: { cursor: string; node: { id: string } }[];
          pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
        };
      };
    }>(query, { id: stage.tableId }, { token: stage.owner.token });
    return { ...answer, rows: answer.data?.table?.rows };
  };

  test("answers one table, and its rows a page at a time in order of creation", async () => {
    const { value } = await stage.ask("table", { id: stage.tableId }, stage.viewer);
    expect(value).toMatchObject({ id: stage.tableId, name: "Patients", rowCount: 2 });
    expect(value.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const added = await stage.add(Array.from({ length: 5 }, (_, n) => ({ name: `row ${n}` })));
    const all = [...stage.rowIds, ...added.map(({ id }) => id)];
    const seen: string[] = [];
    for (let after = ""; ; ) {
      const { rows } = await page(`(first: 3${after})`);
      expect(rows.pageInfo.hasPreviousPage).toBe(after !== "");
      expect(rows.edges.map(({ node }) => node)).toEqual(rows.nodes);
      expect([rows.pageInfo.startCursor, rows.pageInfo.endCursor]).toEqual([
        rows.edges[0]?.cursor,
        rows.edges.at(-1)?.cursor,
      ]);
      seen.push(...rows.nodes.map(({ id }) => id));
      if (!rows.pageInfo.hasNextPage) break;
      after = `, after: "${rows.pageInfo.endCursor}"`;
    }
    expect(seen).toEqual(all);
    expect((await page("")).rows.nodes).toHaveLength(7);
  });

  test("refuses pages of 0 and 501 and a cursor that is none", async () => {
    for (const [args, field] of [
      ["(first: 0)", "first"],
      ["(first: -1)", "first"],
      ["(first: 501)", "first"],
      ['(after: "x")', "after"],
      ['(after: "WyJ4Il0")', "after"],
    ] as const) {
      const { code, errors } = await page(args);
      expect([code, errors[0]?.extensions?.field], args).toEqual(["BAD_USER_INPUT", field]);
    }
  });

  test("is for every member, NOT_FOUND to strangers and UNAUTHENTICATED to nobody", async () => {
    expect(await stage.codes("table", () => ({ id: stage.tableId }))).toEqual(answeredFrom("VIEWER"));
    for (const code of await stage.codesOfUnknown("table", (id) => ({ id }))) expect(code).toBe("NOT_FOUND");
  });
});
