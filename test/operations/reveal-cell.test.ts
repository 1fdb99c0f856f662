import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { canariesIn, tableDump } from "../support/table-dump.js";
import { startTableStage, type TableStage } from "../support/table-stage.js";

describe("revealCell", () => {
  let stage: TableStage;
  beforeAll(async () => {
    stage = await startTableStage();
  });
  afterAll(() => stage?.close());

  const reveal = (column: string, person = stage.owner, more: Record<string, unknown> = {}) =>
    stage.ask("revealCell", { input: { rowId: stage.rowIds[0], columnId: stage.ids[column], ...more } }, person);
  const theirCell = async () => {
    const { stranger } = stage;
    const columns = [{ name: "s", type: "TEXT", sensitive: true }];
    const input = { organizationId: stranger.organizationId, name: `T ${Math.random()}`, columns };
    const table = (await stage.ask("createTable", { input }, stranger)).value;
    const columnId = table.columns[0]?.id as string;
    const rows = [{ [columnId]: "canary-of-a-stranger" }];
    const [row] = (await stage.ask("addRows", { input: { tableId: table.id, rows } }, stranger)).value;
    return { rowId: row?.id as string, columnId };
  };

  test("answers the value and the event that records it; the value is nowhere else", async () => {
    const { value } = await reveal("card", stage.member, { reason: "on the phone" });
    expect(value).toMatchObject({ rowId: stage.rowIds[0], columnId: stage.ids.card, value: "4000-canary-card-1111" });
    expect(value.auditEvent).toMatchObject({
      organizationId: stage.owner.organizationId,
      action: "CELL_REVEALED",
      actorId: stage.member.userId,
      targetId: stage.rowIds[0],
      reason: "on the phone",
      details: { tableId: stage.tableId, columnId: stage.ids.card },
      ipAddress: "••••••••",
    });
    expect((await stage.log())[0]).toEqual(value.auditEvent);
    // The anchor of the chain outside the database.
    expect(stage.server.output()).toContain(value.auditEvent.hash);
    const seen = stage.server.output() + (await tableDump(stage.server.admin));
    expect(canariesIn(seen, ["canary-card", "ann@canary"])).toEqual([]);
  });

  test("answers null for an empty cell, on record, and refuses a column that is not sensitive", async () => {
    const empty = await reveal("card", stage.owner, { rowId: stage.rowIds[1] });
    expect([empty.code, empty.value.value]).toEqual([null, null]);
    expect((await stage.log())[0]).toEqual(empty.value.auditEvent);
    const plain = await reveal("age");
    expect([plain.code, plain.field]).toEqual(["BAD_USER_INPUT", "input.columnId"]);
    const long = await reveal("card", stage.owner, { reason: "x".repeat(2001) });
    expect([long.code, long.field]).toEqual(["BAD_USER_INPUT", "input.reason"]);
    expect((await stage.log())[0]).toEqual(empty.value.auditEvent);
  });

  test("is FORBIDDEN to a viewer, whose attempt is in the log", async () => {
    expect((await reveal("card", stage.viewer)).code).toBe("FORBIDDEN");
    expect((await stage.log())[0]).toMatchObject({ action: "REVEAL_DENIED", actorId: stage.viewer.userId });
  });

  test("is NOT_FOUND to strangers, whose attempt is in no log of ours, and UNAUTHENTICATED to nobody", async () => {
    const [before] = await stage.log();
    expect((await reveal("card", stage.stranger)).code).toBe("NOT_FOUND");
    expect(stage.server.output()).toContain(`"actorId":"${stage.stranger.userId}","msg":"reveal refused: not found"`);
    expect((await stage.ask("revealCell", { input: await theirCell() })).code).toBe("NOT_FOUND");
    const input = { rowId: stage.rowIds[0], columnId: stage.ids.card };
    expect((await stage.ask("revealCell", { input }, null)).code).toBe("UNAUTHENTICATED");
    for (const rowId of await stage.codesOfUnknown("revealCell", (id) => ({ input: { ...input, rowId: id } })))
      expect(rowId).toBe("NOT_FOUND");
    expect((await stage.log())[0]).toEqual(before);
  });

  test("gives out no foreign value, whatever the mix of a hundred aliases", async () => {
    const foreign = await theirCell();
    const own = { rowId: stage.rowIds[0] as string, columnId: stage.ids.card as string };
    for (const isForeign of [(n: number) => n === 60, (n: number) => n % 2 === 1, (n: number) => n === 0]) {
      const aliases = Array.from({ length: 100 }, (_, n) => {
        const { rowId, columnId } = isForeign(n) ? foreign : own;
        return `a${n}: revealCell(input: { rowId: "${rowId}", columnId: "${columnId}" }) { value }`;
      });
      const answer = await stage.server.graphql(`mutation { ${aliases.join("\n")} }`, {}, { token: stage.owner.token });
      expect(answer.code).not.toBeNull();
      expect(answer.text + stage.server.output()).not.toContain("canary-of-a-stranger");
    }
    const { value } = await stage.ask("verifyAuditLog", { organizationId: stage.owner.organizationId });
    expect(value.valid).toBe(true);
  });

  test("is RATE_LIMITED beyond the member's budget of a minute, with the seconds to wait, on record", async () => {
    const codes: (string | null)[] = [];
    for (let n = 0; n < 70; n++) codes.push((await reveal("mail", stage.admin)).code);
    expect(codes).toEqual([...Array(60).fill(null), ...Array(10).fill("RATE_LIMITED")]);
    const { errors, text } = await reveal("mail", stage.admin);
    expect(errors[0]?.extensions?.retryAfter).toBeGreaterThan(0);
    expect(text).not.toContain("ann@canary");
    expect((await stage.log())[0]).toMatchObject({ action: "REVEAL_DENIED", actorId: stage.admin.userId });
  });
});
