import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answeredFrom, startTableStage, type TableStage } from "../support/table-stage.js";

describe("addColumn", () => {
  let stage: TableStage;
  beforeAll(async () => {
    stage = await startTableStage();
  });
  afterAll(() => stage?.close());

  const add = (column: Record<string, unknown>) =>
    stage.ask("addColumn", { input: { tableId: stage.tableId, column } });

  test("answers the column, at the end of the table, empty in every row", async () => {
    const { value } = await add({ name: "phone", type: "PHONE", sensitive: true, mask: "PHONE" });
    expect(value).toMatchObject({ tableId: stage.tableId, name: "phone", sensitive: true, mask: "PHONE", position: 4 });
    const { value: row } = await stage.ask("row", { id: stage.rowIds[0] });
    expect(row.cells.at(-1)).toEqual({ column: { id: value.id }, value: null, masked: false });
    const [added] = await stage.add([{ name: "Cy", [value.id]: "+1 415 555 2671" }]);
    expect(added?.values[value.id]).toBe("+1••••••••71");
  });

  test("refuses bad input by field", async () => {
    const column = { name: "x", type: "TEXT" };
    for (const [more, field] of [
      [{ name: "" }, "input.column.name"],
      [{ mask: "FULL" }, "input.column.mask"],
      [{ options: ["a"] }, "input.column.options"],
      [{ type: "MULTI_SELECT", options: [] }, "input.column.options"],
    ] as const) {
      const answer = await add({ ...column, ...more });
      expect([answer.code, answer.field]).toEqual(["BAD_USER_INPUT", field]);
    }
    expect((await add({ name: "NAME", type: "TEXT" })).code).toBe("CONFLICT");
    const required = await add({ name: "must", type: "TEXT", required: true });
    expect([required.code, required.field]).toEqual(["BAD_USER_INPUT", "input.column.required"]);
  });

  test("is for ADMINs, NOT_FOUND to strangers and UNAUTHENTICATED to nobody", async () => {
    let n = 0;
    const input = (tableId: string) => ({ input: { tableId, column: { name: `c${n++}`, type: "TEXT" } } });
    expect(await stage.codes("addColumn", () => input(stage.tableId))).toEqual(answeredFrom("ADMIN"));
    for (const code of await stage.codesOfUnknown("addColumn", input)) expect(code).toBe("NOT_FOUND");
  });
});
