import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { canariesIn, tableDump } from "../support/table-dump.js";
import { answeredFrom, startTableStage, type TableStage } from "../support/table-stage.js";

describe("updateRow", () => {
  let stage: TableStage;
  beforeAll(async () => {
    stage = await startTableStage();
  });
  afterAll(() => stage?.close());

  const update = (values: Record<string, unknown>, more: Record<string, unknown> = {}) =>
    stage.ask("updateRow", { input: { id: stage.rowIds[0], values: stage.values(values), ...more } }, stage.member);

  test("writes what is given, clears null, counts the version up, and leaks nothing", async () => {
    const { value, text } = await update({ card: "6000-canary-card-3333", age: null });
    expect(value.values).toEqual(stage.values({ name: "Ann", card: "••••••••3333", mail: "a••••••••@canary.example" }));
    expect(value.version).toBe(2);
    expect(value.updatedAt > value.createdAt).toBe(true);
    const seen = text + stage.server.output() + (await tableDump(stage.server.admin));
    expect(canariesIn(seen, ["canary-card"])).toEqual([]);
  });

  test("refuses a version that is behind with CONFLICT", async () => {
    const { version } = (await stage.ask("row", { id: stage.rowIds[0] })).value;
    expect((await update({ name: "Anna" }, { expectedVersion: version })).value.version).toBe(version + 1);
    expect((await update({ name: "Lost" }, { expectedVersion: version })).code).toBe("CONFLICT");
    expect((await stage.ask("row", { id: stage.rowIds[0] })).value.values[stage.ids.name as string]).toBe("Anna");
  });

  test("refuses bad values by path, never quoting them", async () => {
    for (const [values, field] of [
      [{ age: "canary" }, `input.values.${stage.ids.age}`],
      [{ name: null }, `input.values.${stage.ids.name}`],
      [{ canary: 1 }, "input.values"],
    ] as const) {
      const answer = await update(values);
      expect([answer.code, answer.field]).toEqual(["BAD_USER_INPUT", field]);
      expect(answer.text).not.toContain("canary");
    }
  });

  test("is for MEMBERs, NOT_FOUND to strangers and UNAUTHENTICATED to nobody", async () => {
    const input = (id: string | undefined) => ({ input: { id, values: {} } });
    expect(await stage.codes("updateRow", () => input(stage.rowIds[0]))).toEqual(answeredFrom("MEMBER"));
    for (const code of await stage.codesOfUnknown("updateRow", input)) expect(code).toBe("NOT_FOUND");
  });
});
