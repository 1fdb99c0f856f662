import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answeredFrom, startTableStage, type TableStage } from "../support/table-stage.js";

describe("createTable", () => {
  let stage: TableStage;
  beforeAll(async () => {
    stage = await startTableStage();
  });
  afterAll(() => stage?.close());

  const create = (more: Record<string, unknown>) =>
    stage.ask("createTable", { input: { organizationId: stage.owner.organizationId, ...more } });

  test("answers the table with its columns, and records it", async () => {
    const { value } = await create({
      name: " Staff ",
      columns: [
        { name: "kind", type: "SELECT", options: ["a", "b"] },
        { name: "pay", type: "CURRENCY", sensitive: true, required: true },
      ],
    });
    expect(value).toMatchObject({
      organizationId: stage.owner.organizationId,
      name: "Staff",
      rowCount: 0,
      columns: [
        {
          name: "kind",
          type: "SELECT",
          sensitive: false,
          mask: null,
          required: false,
          options: ["a", "b"],
          position: 0,
        },
        { name: "pay", type: "CURRENCY", sensitive: true, mask: "FULL", required: true, options: null, position: 1 },
      ],
    });
    const [event] = await stage.log();
    expect(event).toMatchObject({ action: "TABLE_CREATED", targetType: "table", targetId: value.id });
    expect(event).toMatchObject({ actorId: stage.owner.userId, details: { name: "Staff" } });
  });

  test("refuses bad input by field, and makes nothing", async () => {
    const column = { name: "x", type: "TEXT" };
    const before = (await stage.ask("tables", { organizationId: stage.owner.organizationId })).value.length;
    for (const [more, field] of [
      [{ name: " " }, "input.name"],
      [{ name: "x".repeat(201) }, "input.name"],
      [{ name: "N\u0000" }, "input.name"],
      [{ name: "N", columns: [column, { ...column, name: "" }] }, "input.columns.1.name"],
      [{ name: "N", columns: [{ ...column, mask: "LAST4" }] }, "input.columns.0.mask"],
      [{ name: "N", columns: [{ ...column, type: "SELECT" }] }, "input.columns.0.options"],
      [{ name: "N", columns: Array.from({ length: 201 }, (_, n) => ({ ...column, name: `${n}` })) }, "input.columns"],
    ] as const) {
      const answer = await create(more);
      expect([answer.code, answer.field], JSON.stringify(more).slice(0, 80)).toEqual(["BAD_USER_INPUT", field]);
    }
    for (const type of ["FORMULA", "LINK", "CHILD_LINK", "NONSENSE"])
      expect((await create({ name: "N", columns: [{ ...column, type }] })).code).toBe("BAD_USER_INPUT");
    expect((await create({ name: "patients" })).code).toBe("CONFLICT");
    expect((await create({ name: "N", columns: [column, { ...column, name: "X" }] })).code).toBe("CONFLICT");
    expect((await stage.ask("tables", { organizationId: stage.owner.organizationId })).value.length).toBe(before);
  });

  test("is for ADMINs, NOT_FOUND to strangers and UNAUTHENTICATED to nobody", async () => {
    const { organizationId } = stage.owner;
    let n = 0;
    expect(await stage.codes("createTable", () => ({ input: { organizationId, name: `T${n++}` } }))).toEqual(
      answeredFrom("ADMIN"),
    );
    for (const code of await stage.codesOfUnknown("createTable", (id) => ({
      input: { organizationId: id, name: "x" },
    })))
      expect(code).toBe("NOT_FOUND");
  });
});
