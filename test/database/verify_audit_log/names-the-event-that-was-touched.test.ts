import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AuditVerification } from "../../../src/database/contract.generated.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { call, type DatabasePerson, memberOf, refusal, setLimits, signInTo } from "../../support/people.js";
import { makeTable } from "../../support/tables.js";

describe("the audit log", () => {
  let t: TestDatabase;
  let owner: DatabasePerson;
  beforeAll(async () => {
    t = await createTestDatabase();
    await setLimits(t.database);
  });
  beforeEach(async () => {
    owner = await signInTo(t.database);
    for (let n = 0; n < 5; n++) await makeTable(t.database, owner, []);
  });
  afterAll(() => t?.drop());

  const verify = (person = owner) =>
    call<AuditVerification>(t.database, "verify_audit_log", { organizationId: owner.organizationId }, person.caller);
  /** As the tables' owner may, who can switch triggers off. */
  const tamper = async (...statements: string[]) => {
    const client = await t.admin.connect();
    try {
      await client.query("begin");
      await client.query("alter table cloakroom.audit_events disable trigger user");
      for (const statement of statements) await client.query(statement.replaceAll("$o", `'${owner.organizationId}'`));
      await client.query("alter table cloakroom.audit_events enable always trigger the_log_only_grows");
      await client.query("alter table cloakroom.audit_events enable always trigger the_log_is_never_emptied");
      await client.query("commit");
    } finally {
      client.release();
    }
  };

  it("is valid as it was written, by many at once too", async () => {
    await Promise.all(Array.from({ length: 10 }, () => makeTable(t.database, owner, [])));
    expect(await verify()).toEqual({ valid: true, eventsChecked: 15, firstInvalid: null });
    const { rows } = await t.admin.query(
      "select sequence from cloakroom.audit_events where organization_id = $1 order by 1",
      [owner.organizationId],
    );
    expect(rows.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 15 }, (_, n) => n + 1));
  });

  it.each([
    "action = 'TABLE_DELETED'",
    "actor_id = gen_random_uuid()",
    "target_id = gen_random_uuid()",
    "reason = 'another'",
    "details = details || '{\"more\": 1}'",
    "ip_sealed = 'x'",
    "occurred_at = occurred_at + interval '1 microsecond'",
    "previous_hash = repeat('1', 64)",
    "hash = repeat('1', 64)",
  ])("names the event of which %s was set", async (change) => {
    await tamper(`update cloakroom.audit_events set ${change} where organization_id = $o and sequence = 3`);
    expect(await verify()).toEqual({ valid: false, eventsChecked: 5, firstInvalid: 3 });
  });

  it("names the first event after one that was taken out", async () => {
    await tamper("delete from cloakroom.audit_events where organization_id = $o and sequence = 2");
    expect(await verify()).toEqual({ valid: false, eventsChecked: 4, firstInvalid: 3 });
  });

  it("names the first one missing where the end was cut off, and where all was", async () => {
    await tamper("delete from cloakroom.audit_events where organization_id = $o and sequence > 3");
    expect(await verify()).toEqual({ valid: false, eventsChecked: 3, firstInvalid: 4 });
    await tamper("delete from cloakroom.audit_events where organization_id = $o");
    expect(await verify()).toEqual({ valid: false, eventsChecked: 0, firstInvalid: 1 });
  });

  it("names an event that was put at the end, or that a forged head hides", async () => {
    await tamper("update cloakroom.audit_heads set sequence = 4 where organization_id = $o");
    expect(await verify()).toMatchObject({ valid: false, firstInvalid: 5 });
    await tamper("update cloakroom.audit_heads set sequence = 5, hash = repeat('1', 64) where organization_id = $o");
    expect(await verify()).toMatchObject({ valid: false, firstInvalid: 5 });
  });

  it("sees an event whose hash was computed anew by the one that follows", async () => {
    await tamper(
      "update cloakroom.audit_events set reason = 'forged' where organization_id = $o and sequence = 2",
      "update cloakroom.audit_events e set hash = cloakroom_private.audit_hash(e) where organization_id = $o and sequence = 2",
    );
    expect(await verify()).toMatchObject({ valid: false, firstInvalid: 3 });
  });

  it.each([
    ["update cloakroom.audit_events set reason = 'x'"],
    ["delete from cloakroom.audit_events"],
    ["truncate cloakroom.audit_events"],
  ])(
    "only grows: %s is refused, to the superuser and under session_replication_role = replica too",
    async (statement) => {
      await expect(t.admin.query(statement)).rejects.toMatchObject({ code: "CR403" });
      const client = await t.admin.connect();
      try {
        await client.query("set session_replication_role = replica");
        await expect(client.query(statement)).rejects.toMatchObject({ code: "CR403" });
      } finally {
        client.release(true);
      }
    },
  );

  it("only grows for its owner, whom row security lets change no event", async () => {
    const client = await t.admin.connect();
    try {
      await client.query("set role cloakroom_owner");
      await expect(client.query("truncate cloakroom.audit_events")).rejects.toMatchObject({ code: "CR403" });
      await client.query("begin");
      await client.query("select set_config('request.jwt.claims', $1, true)", [JSON.stringify(owner.caller.claims)]);
      expect((await client.query("select from cloakroom.audit_events")).rowCount).toBe(5);
      expect((await client.query("update cloakroom.audit_events set reason = 'x'")).rowCount).toBe(0);
      expect((await client.query("delete from cloakroom.audit_events")).rowCount).toBe(0);
      await client.query("rollback");
    } finally {
      client.release(true);
    }
    expect(await verify()).toMatchObject({ valid: true, eventsChecked: 5 });
  });

  it("is verified by an ADMIN: a member is refused, a stranger finds no such organization", async () => {
    const member = await memberOf(t.database, owner, "MEMBER");
    const admin = await memberOf(t.database, owner, "ADMIN");
    expect((await refusal(verify(member))).sqlState).toBe("CR403");
    expect((await refusal(verify(await signInTo(t.database)))).sqlState).toBe("CR404");
    expect(await verify(admin)).toMatchObject({ valid: true, eventsChecked: 7 });
  });
});
