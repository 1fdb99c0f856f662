import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { canariesIn } from "../support/table-dump.js";
import { answeredFrom, startTableStage, type TableStage } from "../support/table-stage.js";

describe("tables", () => {
  let stage: TableStage;
  beforeAll(async () => {
    stage = await startTableStage();
  });
  afterAll(() => stage?.close());

  test("answers the tables in order of creation, with columns, counts and masked rows of each", async () => {
    const { owner, ids, values } = stage;
    await stage.ask("createTable", { input: { organizationId: owner.organizationId, name: "Empty" } });
    const { value, text } = await stage.ask("tables", { organizationId: owner.organizationId }, stage.viewer);
    expect(value.map(({ name, rowCount }) => [name, rowCount])).toEqual([
      ["Patients", 2],
      ["Empty", 0],
    ]);
    expect(value[0]?.columns.map(({ name, position }) => [name, position])).toEqual([
      ["name", 0],
      ["card", 1],
      ["mail", 2],
      ["age", 3],
    ]);
    expect(value[0]?.rows.nodes.map((row) => row.values)).toEqual([
      values({ name: "Ann", card: "••••••••1111", mail: "a••••••••@canary.example", age: 7 }),
      values({ name: "Bob" }),
    ]);
    expect(value[0]?.columns[1]).toMatchObject({ id: ids.card, sensitive: true, mask: "LAST4" });
    expect(canariesIn(text, ["canary-card", "ann@canary"])).toEqual([]);
  });

  test("asks the database once for each kind of child, however many tables there are", async () => {
    const { owner } = stage;
    for (const name of ["A", "B", "C"])
      await stage.ask("createTable", { input: { organizationId: owner.organizationId, name } });
    const calls: string[] = [];
    const { database } = stage.server;
    const call = database.call;
    database.call = (fn, ...rest) => {
      calls.push(String(fn));
      return call(fn, ...rest);
    };
    try {
      expect((await stage.ask("tables", { organizationId: owner.organizationId })).code).toBeNull();
    } finally {
      database.call = call;
    }
    expect(calls.sort()).toEqual(["columns", "row_counts", "rows", "tables"]);
  });

  test("is for every member, NOT_FOUND to strangers and UNAUTHENTICATED to nobody", async () => {
    const { organizationId } = stage.owner;
    expect(await stage.codes("tables", () => ({ organizationId }))).toEqual(answeredFrom("VIEWER"));
    for (const code of await stage.codesOfUnknown("tables", (id) => ({ organizationId: id })))
      expect(code).toBe("NOT_FOUND");
  });
});
