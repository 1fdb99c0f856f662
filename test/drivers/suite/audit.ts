import { expect, it } from "vitest";
import type { Suite } from "../support/contract.js";
import { notFound } from "../support/stage.js";

export const audit: Suite = (stage) => {
  /** An organization with four events: itself, a table twice, and the table's deletion. */
  async function organizationWithEvents() {
    const { owner, admin, member, viewer } = stage();
    const organizationId = await stage().organizationOf(owner, { admin, member, viewer });
    const { id } = await stage().tableOf([], "Öne", organizationId);
    await stage().call("delete_table", { id }, owner.caller);
    return { organizationId, tableId: id };
  }
  const events = (organizationId: string, extra: object = {}, caller = stage().owner.caller) =>
    stage().call("audit_events", { organizationId, ...extra }, caller);

  it("lists events newest first, each chained to the one before", async () => {
    const { organizationId, tableId } = await organizationWithEvents();
    const listed = await events(organizationId);
    expect(listed.map(({ action }) => action)).toEqual([
      "TABLE_DELETED",
      "TABLE_CREATED",
      "MEMBER_ADDED",
      "MEMBER_ADDED",
      "MEMBER_ADDED",
      "ORGANIZATION_CREATED",
    ]);
    expect(listed[0]).toMatchObject({
      sequence: 6,
      actorName: "Olga Owner",
      targetId: tableId,
      details: { name: "Öne" },
    });
    expect(listed[0]?.previousHash).toBe(listed[1]?.hash);
    expect(listed.at(-1)?.previousHash).toBe("0".repeat(64));
  });

  it("pages and filters events", async () => {
    const { organizationId, tableId } = await organizationWithEvents();
    const sequences = async (extra: object) => (await events(organizationId, extra)).map(({ sequence }) => sequence);
    expect(await sequences({ first: 2 })).toEqual([6, 5, 4]);
    expect(await sequences({ first: 2, after: 5 })).toEqual([4, 3, 2]);
    expect(await sequences({ after: null })).toHaveLength(6);
    expect(await sequences({ filter: { actions: ["TABLE_CREATED", "MEMBER_ADDED"] } })).toEqual([5, 4, 3, 2]);
    expect(await sequences({ filter: { targetId: tableId } })).toEqual([6, 5]);
    expect(await sequences({ filter: { actorId: "none" } })).toEqual([]);
    expect(await sequences({ filter: { until: "2020-01-01T00:00:00Z" } })).toEqual([]);
    expect(await sequences({ filter: { since: "2020-01-01T00:00:00Z", actions: [] } })).toEqual([]);
  });

  it("refuses pages out of bounds and times that are none", async () => {
    const { organizationId } = stage();
    for (const first of [0, 501])
      expect(await stage().refusal(events(organizationId, { first }))).toMatchObject({
        sqlState: "CR422",
        detail: "first",
      });
    const refusal = await stage().refusal(events(organizationId, { filter: { since: "canary" } }));
    expect(refusal).toMatchObject({ sqlState: "CR422", detail: "filter.since" });
    expect(refusal.message).not.toContain("canary");
  });

  it("shows the log and verifies it for admins alone", async () => {
    const { organizationId } = await organizationWithEvents();
    const verify = (of: string, caller = stage().owner.caller) =>
      stage().call("verify_audit_log", { organizationId: of }, caller);
    await stage().guards("ADMIN", (caller) => events(organizationId, {}, caller));
    await stage().guards("ADMIN", (caller) => verify(organizationId, caller));
    expect(await stage().refusal(verify("none"))).toEqual(notFound);
    expect(await stage().refusal(events("none"))).toEqual(notFound);
    expect(await verify(organizationId, stage().admin.caller)).toEqual({
      valid: true,
      eventsChecked: 6,
      firstInvalid: null,
    });
  });

  it("names the first event that was touched behind its back", async () => {
    const { organizationId } = await organizationWithEvents();
    for (const statement of [
      "alter table cloakroom.audit_events disable trigger the_log_only_grows",
      `update cloakroom.audit_events set action = 'X' where organization_id = '${organizationId}' and sequence = 3`,
      "alter table cloakroom.audit_events enable always trigger the_log_only_grows",
    ])
      await stage().driver.admin.query(statement);
    const verified = await stage().call("verify_audit_log", { organizationId }, stage().owner.caller);
    expect(verified).toMatchObject({ valid: false, eventsChecked: 6, firstInvalid: 3 });
  });
};
