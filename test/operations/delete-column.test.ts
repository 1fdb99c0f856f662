import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answeredFrom, startTableStage, type TableStage } from "../support/table-stage.js";

describe("deleteColumn", () => {
  let stage: TableStage;
  beforeAll(async () => {
    stage = await startTableStage();
  });
  afterAll(() => stage?.close());

  test("deletes the column and its cells, and records it", async () => {
    expect((await stage.ask("deleteColumn", { id: stage.ids.card })).value).toBe(true);
    const { value } = await stage.ask("table", { id: stage.tableId });
    expect(value.columns.map(({ name, position }) => [name, position])).toEqual([
      ["name", 0],
      ["mail", 1],
      ["age", 2],
    ]);
    expect(value.rows.nodes[0]?.values).toEqual(
      stage.values({ name: "Ann", mail: "a••••••••@canary.example", age: 7 }),
    );
    const { rows } = await stage.server.admin.query("select from cloakroom.rows where sealed ? $1 or masks ? $1", [
      stage.ids.card,
    ]);
    expect(rows).toEqual([]);
    const [event] = await stage.log();
    expect(event).toMatchObject({ action: "COLUMN_DELETED", targetId: stage.ids.card, details: { name: "card" } });
    expect((await stage.ask("deleteColumn", { id: stage.ids.card })).code).toBe("NOT_FOUND");
  });

  test("is for ADMINs, NOT_FOUND to strangers and UNAUTHENTICATED to nobody", async () => {
    let n = 0;
    const made = async () => {
      const input = { tableId: stage.tableId, column: { name: `c${n++}`, type: "TEXT" } };
      return { id: (await stage.ask("addColumn", { input })).value.id };
    };
    expect(await stage.codes("deleteColumn", made)).toEqual(answeredFrom("ADMIN"));
    for (const code of await stage.codesOfUnknown("deleteColumn", (id) => ({ id }))) expect(code).toBe("NOT_FOUND");
  });
});
