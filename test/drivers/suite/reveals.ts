import { expect, it } from "vitest";
import type { Suite } from "../support/contract.js";
import { nobodysId, notFound } from "../support/stage.js";

export const reveals: Suite = (stage) => {
  const card = "4000-canary-é☃-1111";
  const sealed = (type: string) => [
    { name: "secret", type, sensitive: true, mask: "LAST4", ...(type === "SELECT" ? { options: ["a_b"] } : {}) },
    { name: "plain", type: "TEXT" },
  ];
  async function rowOf(value: unknown, type = "TEXT", inOrganization = stage().organizationId) {
    const { owner } = stage();
    const { id: tableId, ids } = await stage().tableOf(sealed(type), undefined, inOrganization);
    const given = { [ids.secret ?? ""]: value, [ids.plain ?? ""]: "seen" };
    const [row] = await stage().call("add_rows", { tableId, rows: [given] }, owner.caller);
    return { tableId, rowId: row?.id ?? "", columnId: ids.secret ?? "", plainId: ids.plain ?? "", shown: row?.values };
  }

  it("shows a sensitive cell masked and reveals it once, on record", async () => {
    const { member } = stage();
    const { rowId, columnId, plainId, shown, tableId } = await rowOf(card);
    expect(shown).toEqual({ [columnId]: "••••••••1111", [plainId]: "seen" });
    const answer = await stage().call("reveal_cell", { rowId, columnId, reason: ' because "ü" \n' }, member.caller);
    expect(answer).toMatchObject({ outcome: "revealed", retryAfter: null, rowId, columnId, value: card });
    expect(answer.auditEvent).toMatchObject({
      organizationId: stage().organizationId,
      action: "CELL_REVEALED",
      actorId: member.userId,
      actorName: null,
      targetType: "row",
      targetId: rowId,
      reason: 'because "ü"',
      details: { tableId, columnId },
      ipAddress: "••••••••",
    });
    expect(JSON.stringify(answer.auditEvent)).not.toContain("canary");
  });

  it.each([
    ["TEXT", ""],
    ["TEXT", "null"],
    ["TEXT", '{"a_b":1}'],
    ["NUMBER", 12.5],
    ["NUMBER", "9007199254740993"],
    ["BOOLEAN", false],
    ["SELECT", "a_b"],
    ["JSON", { snake_key: { inner_key: ["x", null, 1.5] }, camelKey: '{"a":1}' }],
    ["JSON", [1, [2]]],
    ["JSON", '{"a":1}'],
    ["TEXT", null],
  ])("reveals a %s cell that holds %j as it was given", async (type, value) => {
    const { rowId, columnId } = await rowOf(value, type);
    const answer = await stage().call("reveal_cell", { rowId, columnId }, stage().owner.caller);
    expect(answer).toMatchObject({ outcome: "revealed", value });
    expect(answer.auditEvent.reason).toBeNull();
  });

  it("answers a viewer's try as forbidden, without the value, and keeps it on record", async () => {
    const { viewer, owner, organizationId } = stage();
    const { rowId, columnId } = await rowOf(card);
    const answer = await stage().call("reveal_cell", { rowId, columnId }, viewer.caller);
    expect(answer).toMatchObject({ outcome: "forbidden", value: null, auditEvent: { action: "REVEAL_DENIED" } });
    const [newest] = await stage().call("audit_events", { organizationId, first: 1 }, owner.caller);
    expect(newest).toEqual(answer.auditEvent);
  });

  it("keeps a member to a budget of reveals, and says for how long", async () => {
    const { owner, member } = stage();
    const organizationId = await stage().organizationOf(owner, { member });
    const { rowId, columnId } = await rowOf(card, "TEXT", organizationId);
    await stage().setLimits({ reveals_per_minute: 1 });
    const first = await stage().call("reveal_cell", { rowId, columnId }, member.caller);
    const second = await stage().call("reveal_cell", { rowId, columnId }, member.caller);
    await stage().setLimits();
    expect([first.outcome, second.outcome, second.value]).toEqual(["revealed", "rate_limited", null]);
    expect(second.retryAfter).toBeGreaterThan(0);
    expect(second.auditEvent).toMatchObject({ action: "REVEAL_DENIED", details: { outcome: "rate_limited" } });
  });

  it("lets no two of twenty reveals at once share the last of a budget", async () => {
    const { owner, driver } = stage();
    const organizationId = await stage().organizationOf(owner);
    const { rowId, columnId } = await rowOf(card, "TEXT", organizationId);
    await stage().setLimits({ reveals_per_minute: 3 });
    const reveal = () => driver.database.call("reveal_cell", { rowId, columnId }, owner.caller);
    const outcomes = (await Promise.all(Array.from({ length: 20 }, reveal))).map(({ outcome }) => outcome);
    await stage().setLimits();
    expect(outcomes.filter((outcome) => outcome === "revealed")).toHaveLength(3);
    const log = await stage().call("verify_audit_log", { organizationId }, owner.caller);
    expect(log).toMatchObject({ valid: true, eventsChecked: 22 });
  });

  it("refuses to reveal what is not sensitive, what is not there, and to whoever is not of the organization", async () => {
    const { owner, stranger, gone } = stage();
    const { rowId, columnId, plainId } = await rowOf(card);
    const reveal = (row: string, column: string, caller = owner.caller, reason: string | null = null) =>
      stage().call("reveal_cell", { rowId: row, columnId: column, reason }, caller);
    expect(await stage().refusal(reveal(rowId, plainId))).toMatchObject({
      sqlState: "CR422",
      detail: "input.columnId",
    });
    const wordy = reveal(rowId, columnId, owner.caller, "r".repeat(2001));
    expect(await stage().refusal(wordy)).toMatchObject({ sqlState: "CR422", detail: "input.reason" });
    for (const none of [nobodysId, "none", ""]) {
      expect(await stage().refusal(reveal(none, columnId))).toEqual(notFound);
      expect(await stage().refusal(reveal(rowId, none))).toEqual(notFound);
    }
    expect(await stage().refusal(reveal(rowId, columnId, stranger.caller))).toEqual(notFound);
    expect((await stage().refusal(reveal(rowId, columnId, gone.caller))).sqlState).toBe("CR401");
  });
};
