import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditEvent } from "../../../src/database/contract.generated.js";
import type { TestDatabase } from "../../support/database.js";
import { organizationStage } from "../../support/organization-stage.js";
import { call, type DatabasePerson, memberOf, refusal, signInTo } from "../../support/people.js";
import { makeTable, type TestTable } from "../../support/tables.js";

describe("audit_events", () => {
  let t: TestDatabase;
  let owner: DatabasePerson;
  let admin: DatabasePerson;
  let table: TestTable;
  beforeAll(async () => {
    [t, owner] = await organizationStage();
    admin = await memberOf(t.database, owner, "ADMIN");
    for (let n = 0; n < 6; n++)
      table = await makeTable(t.database, { ...(n % 2 ? admin : owner), organizationId: owner.organizationId }, []);
    await call(t.database, "delete_table", { id: table.id }, admin.caller);
  });
  afterAll(() => t?.drop());

  const events = (filter: object = {}, more: object = {}, caller = owner.caller) =>
    call<AuditEvent[]>(t.database, "audit_events", { organizationId: owner.organizationId, filter, ...more }, caller);
  const sequences = async (...args: Parameters<typeof events>) =>
    (await events(...args)).map(({ sequence }) => sequence);

  it("come newest first, one more than asked for, from before the one last seen", async () => {
    expect(await sequences({}, { first: 3 })).toEqual([8, 7, 6, 5]);
    expect(await sequences({}, { first: 3, after: 6 })).toEqual([5, 4, 3, 2]);
    expect(await sequences({}, { first: 3, after: 1 })).toEqual([]);
  });

  it("are found by action, actor, target and time, and by several of them at once", async () => {
    expect(await sequences({ actions: ["TABLE_DELETED", "MEMBER_ADDED"] })).toEqual([8, 1]);
    expect(await sequences({ actions: [] })).toEqual([]);
    expect(await sequences({ actorId: admin.userId, actions: ["TABLE_CREATED"] })).toEqual([7, 5, 3]);
    expect(await sequences({ targetId: table.id })).toEqual([8, 7]);
    expect(await sequences({ targetId: "no id at all" })).toEqual([]);
    const third = (await events()).find(({ sequence }) => sequence === 3);
    expect(await sequences({ since: third?.occurredAt })).toEqual([8, 7, 6, 5, 4, 3]);
    expect(await sequences({ until: third?.occurredAt })).toEqual([2, 1]);
    expect(await sequences({ actions: null, actorId: null, since: null })).toHaveLength(8);
  });

  it("are for an ADMIN: a member is refused, a stranger finds no such organization", async () => {
    const stranger = await signInTo(t.database);
    const viewer = await memberOf(t.database, owner, "VIEWER");
    expect((await refusal(events({}, {}, viewer.caller))).sqlState).toBe("CR403");
    expect((await refusal(events({}, {}, stranger.caller))).sqlState).toBe("CR404");
    for (const first of [0, 501]) expect((await refusal(events({}, { first }))).detail).toBe("first");
  });
});
