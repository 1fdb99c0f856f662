import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { canariesIn } from "../support/table-dump.js";
import { answeredFrom, startTableStage, type TableStage } from "../support/table-stage.js";

describe("row", () => {
  let stage: TableStage;
  beforeAll(async () => {
    stage = await startTableStage();
  });
  afterAll(() => stage?.close());

  test("answers a row by values and by cells: masked where sensitive, empty cells as null", async () => {
    const { ids, values, rowIds } = stage;
    const { value, text } = await stage.ask("row", { id: rowIds[0] }, stage.viewer);
    expect(value.values).toEqual(
      values({ name: "Ann", card: "••••••••1111", mail: "a••••••••@canary.example", age: 7 }),
    );
    expect(value.cells).toEqual([
      { column: { id: ids.name }, value: "Ann", masked: false },
      { column: { id: ids.card }, value: "••••••••1111", masked: true },
      { column: { id: ids.mail }, value: "a••••••••@canary.example", masked: true },
      { column: { id: ids.age }, value: 7, masked: false },
    ]);
    expect(canariesIn(text + stage.server.output(), ["canary-card", "ann@canary"])).toEqual([]);
    const { value: empty } = await stage.ask("row", { id: rowIds[1] }, stage.viewer);
    expect(empty.cells.slice(1)).toEqual(
      [ids.card, ids.mail, ids.age].map((id) => ({ column: { id }, value: null, masked: false })),
    );
  });

  test("is for every member, NOT_FOUND to strangers and UNAUTHENTICATED to nobody", async () => {
    expect(await stage.codes("row", () => ({ id: stage.rowIds[0] }))).toEqual(answeredFrom("VIEWER"));
    for (const code of await stage.codesOfUnknown("row", (id) => ({ id }))) expect(code).toBe("NOT_FOUND");
  });
});
