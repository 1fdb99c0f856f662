import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../../src/database/port.js";
import { createPostgresDatabase } from "../../src/database/postgres.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";
import { call, memberOf, server, setLimits, signInTo, somePhone } from "../support/people.js";
import { addRows, makeTable } from "../support/tables.js";

/** Calls that get in each other's way, on connections enough for all of them to run at once. */
describe("at once", () => {
  let test: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    test = await createTestDatabase();
    database = createPostgresDatabase({ url: test.url, rootKey: test.rootKey, poolSize: 12, log: () => undefined });
    await setLimits(database);
  });
  afterAll(async () => {
    await database.close();
    await test.drop();
  });

  /** The SQLSTATE of each that failed, `ok` for the others. */
  const outcomes = async (calls: Promise<unknown>[]) =>
    (await Promise.allSettled(calls)).map((one) => (one.status === "fulfilled" ? "ok" : one.reason.sqlState));

  it("deleting an organization and working in it leaves no secret of it, no deadlock, and no unexplained error", async () => {
    for (let round = 0; round < 8; round++) {
      const owner = await signInTo(database);
      const admin = await memberOf(database, owner, "ADMIN");
      const { organizationId } = owner;
      const table = await makeTable(database, owner, [{ name: "s", type: "TEXT", sensitive: true, mask: "FULL" }]);
      const [row] = await addRows(database, table, [{ s: "a secret" }], owner.caller);
      const key = { organizationId, provider: "openai", apiKey: "sk-0123456789" };
      const { id: providerKeyId } = await call<{ id: string }>(database, "insert_provider_key", key, owner.caller);
      const cell = { rowId: row?.id, columnId: table.ids.s };
      const found = await outcomes([
        call(database, "reveal_cell", cell, admin.caller),
        addRows(database, table, [{ s: "another" }], admin.caller),
        call(database, "delete_organization", { organizationId }, owner.caller),
        call(database, "insert_provider_key", key, admin.caller),
        call(database, "delete_provider_key", { providerKeyId }, admin.caller),
        call(database, "create_table", { organizationId, name: "late" }, admin.caller),
        call(database, "update_column", { id: table.ids.s, changes: { mask: "LAST4" } }, admin.caller),
        call(database, "add_member", { organizationId, phone: somePhone(), role: "VIEWER" }, admin.caller),
        call(database, "update_row", { id: row?.id, values: { [table.ids.s ?? ""]: "new" } }, admin.caller),
        call(database, "delete_column", { id: table.ids.s }, admin.caller),
      ]);
      expect(found[2]).toBe("ok");
      expect(found.filter((state) => !["ok", "CR404", "CR409", "CR422", "23503"].includes(state))).toEqual([]);
      const { rows } = await test.admin.query(
        `select s.name from vault.secrets s where s.name = 'organization:' || $1 or s.name like 'provider_key:%'`,
        [organizationId],
      );
      expect(rows).toEqual([]);
    }
  });

  it("two owners who demote or remove each other leave one", async () => {
    for (let round = 0; round < 10; round++) {
      const owner = await signInTo(database);
      const other = await memberOf(database, owner, "OWNER");
      const { organizationId } = owner;
      const members = await call<{ id: string; userId: string }[]>(
        database,
        "members",
        { organizationIds: [organizationId] },
        other.caller,
      );
      const idOf = (userId: string) => members.find((member) => member.userId === userId)?.id;
      await outcomes([
        call(database, "update_member", { memberId: idOf(other.userId), role: "VIEWER" }, owner.caller),
        call(database, "remove_member", { memberId: idOf(owner.userId) }, other.caller),
        call(database, "remove_member", { memberId: idOf(owner.userId) }, owner.caller),
        call(database, "update_member", { memberId: idOf(other.userId), role: "ADMIN" }, other.caller),
      ]);
      const { rows } = await test.admin.query(
        "select count(*)::integer as owners from cloakroom.members where organization_id = $1 and role = 'OWNER'",
        [organizationId],
      );
      expect(rows[0].owners).toBe(1);
    }
  });

  it("removing a member and their reveals: each is on record or refused as for a stranger, and the chain holds", async () => {
    const owner = await signInTo(database);
    const table = await makeTable(database, owner, [{ name: "s", type: "TEXT", sensitive: true, mask: "FULL" }]);
    const [row] = await addRows(database, table, [{ s: "a secret" }], owner.caller);
    const cell = { rowId: row?.id, columnId: table.ids.s };
    let revealed = 0;
    for (let round = 0; round < 8; round++) {
      const leaving = await memberOf(database, owner, "MEMBER");
      const asked = { organizationIds: [owner.organizationId] };
      const members = await call<{ id: string; userId: string }[]>(database, "members", asked, owner.caller);
      const memberId = members.find(({ userId }) => userId === leaving.userId)?.id;
      const found = await outcomes([
        ...Array.from({ length: 6 }, () => call(database, "reveal_cell", cell, leaving.caller)),
        call(database, "remove_member", { memberId }, owner.caller),
        ...Array.from({ length: 4 }, () => call(database, "reveal_cell", cell, leaving.caller)),
      ]);
      expect(found.filter((state) => !["ok", "CR404"].includes(state))).toEqual([]);
      revealed += found.filter((state) => state === "ok").length - 1;
    }
    const { organizationId } = owner;
    expect(await call(database, "verify_audit_log", { organizationId }, owner.caller)).toMatchObject({ valid: true });
    const { rows } = await test.admin.query(
      "select count(*)::integer as events from cloakroom.audit_events where organization_id = $1 and action ~ '^(CELL|REVEAL)_'",
      [organizationId],
    );
    expect(rows[0].events).toBe(revealed);
  });

  it("refreshing and revoking: one line of successors, and none lives on", async () => {
    for (let round = 0; round < 8; round++) {
      const person = await signInTo(database);
      const refresh = (refreshToken: string) =>
        call<{ outcome: string; refreshToken: string }>(database, "refresh_session", { refreshToken }, server);
      const answers = await Promise.all(Array.from({ length: 6 }, () => refresh(person.refreshToken)));
      expect(new Set(answers.map(({ outcome, refreshToken }) => `${outcome} ${refreshToken}`)).size).toBe(1);
      const next = answers[0]?.refreshToken ?? "";
      await Promise.all([refresh(next), call(database, "revoke_session", {}, person.caller), refresh(next)]);
      expect((await refresh(next)).outcome).toBe("refused");
      expect(await call(database, "session", {}, person.caller)).toEqual([]);
      const { rows } = await test.admin.query(
        "select count(*)::integer as live from cloakroom.refresh_tokens where session_id = $1 and rotated_at is null",
        [person.sessionId],
      );
      expect(rows[0].live).toBe(1);
    }
  });
});
