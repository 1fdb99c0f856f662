import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { canariesIn, tableDump } from "../support/table-dump.js";
import { answeredFrom, startTableStage, type TableStage } from "../support/table-stage.js";

describe("updateColumn", () => {
  let stage: TableStage;
  beforeAll(async () => {
    stage = await startTableStage();
  });
  afterAll(() => stage?.close());

  const update = (column: string, changes: Record<string, unknown>) =>
    stage.ask("updateColumn", { input: { id: stage.ids[column], ...changes } });
  const firstRow = async () => (await stage.ask("row", { id: stage.rowIds[0] })).value;
  const cell = async (column: string) => (await firstRow()).values[stage.ids[column] as string];

  test("seals every stored value when sensitive goes on, and records it", async () => {
    await stage.add(Array.from({ length: 1000 }, (_, n) => ({ name: `canary-sealed-${n}` })));
    const { value } = await update("name", { sensitive: true });
    expect(value).toMatchObject({ name: "name", sensitive: true, mask: "FULL" });
    expect(await cell("name")).toBe("••••••••");
    const { rows } = await stage.server.admin.query("select values from cloakroom.rows where values ? $1", [
      stage.ids.name,
    ]);
    expect(rows).toEqual([]);
    expect(canariesIn(await tableDump(stage.server.admin), ["canary-sealed"])).toEqual([]);
    const [event] = await stage.log();
    expect(event).toMatchObject({ action: "COLUMN_SEALED", targetType: "column", targetId: stage.ids.name });
    expect((await firstRow()).version).toBe(1);
  });

  test("unseals only where unseal is true, and records it", async () => {
    const refused = await update("name", { sensitive: false });
    expect([refused.code, refused.field]).toEqual(["BAD_USER_INPUT", "input.unseal"]);
    expect(await cell("name")).toBe("••••••••");
    const { value } = await update("name", { sensitive: false, unseal: true });
    expect(value).toMatchObject({ sensitive: false, mask: null });
    expect(await cell("name")).toBe("Ann");
    expect((await stage.log())[0]).toMatchObject({ action: "COLUMN_UNSEALED", targetId: stage.ids.name });
  });

  test("masks anew when the mask changes, renames, moves, requires", async () => {
    expect((await update("card", { mask: "FULL" })).value.mask).toBe("FULL");
    expect(await cell("card")).toBe("••••••••");
    expect((await update("card", { mask: "LAST4", name: "Card", position: 0 })).value).toMatchObject({
      name: "Card",
      mask: "LAST4",
      position: 0,
    });
    expect(await cell("card")).toBe("••••••••1111");
    expect((await firstRow()).cells[0]?.column.id).toBe(stage.ids.card);
    expect((await update("age", { required: true })).code).toBe("BAD_USER_INPUT");
    expect((await update("name", { required: false })).value.required).toBe(false);
  });

  test("refuses bad input by field", async () => {
    for (const [column, changes, field] of [
      ["age", { mask: "FULL" }, "input.mask"],
      ["age", { name: " " }, "input.name"],
      ["age", { options: ["a"] }, "input.options"],
      ["age", { position: 9 }, "input.position"],
      ["card", { sensitive: false, unseal: true, mask: "FULL" }, "input.mask"],
    ] as const) {
      const answer = await update(column, changes);
      expect([answer.code, answer.field], JSON.stringify(changes)).toEqual(["BAD_USER_INPUT", field]);
    }
    expect((await update("age", { name: "NAME" })).code).toBe("CONFLICT");
  });

  test("goes on sealing at the next start where a crash cut it off, and shows masks until then", async () => {
    const { tableId, owner, server } = stage;
    const column = { name: "late", type: "TEXT" };
    const { id } = (await stage.ask("addColumn", { input: { tableId, column } })).value;
    await stage.add([{ name: "Dee", [id]: "canary-cut-off" }]);
    // What is left behind where the process dies between update_column and the first batch.
    const claims = { sub: owner.userId, session_id: owner.sessionId, role: "authenticated" };
    const caller = { role: "authenticated", claims, accessToken: null, clientAddress: null } as const;
    await server.database.call("update_column", { id, changes: { sensitive: true } }, caller);
    const { text } = await stage.ask("table", { id: tableId });
    expect(text).not.toContain("canary-cut-off");
    expect((await stage.ask("updateColumn", { input: { id, name: "other" } })).code).toBe("CONFLICT");
    const finished = await stage.ask("updateColumn", { input: { id, sensitive: true } });
    expect(finished.value).toMatchObject({ name: "late", sensitive: true });
    expect(canariesIn(await tableDump(server.admin), ["canary-cut-off"])).toEqual([]);
  });

  test("is for ADMINs, NOT_FOUND to strangers and UNAUTHENTICATED to nobody", async () => {
    const input = (id: string | undefined) => ({ input: { id, name: "age" } });
    expect(await stage.codes("updateColumn", () => input(stage.ids.age))).toEqual(answeredFrom("ADMIN"));
    for (const code of await stage.codesOfUnknown("updateColumn", input)) expect(code).toBe("NOT_FOUND");
  });
});
