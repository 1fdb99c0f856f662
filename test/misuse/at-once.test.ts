import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../../src/database/port.js";
import { createPostgresDatabase } from "../../src/database/postgres.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";
import { call, memberOf, server, setLimits, signInTo, somePhone } from "../support/people.js";
import { newApiKey, providerKeyCalls } from "../support/provider-keys.js";
import { addRows, makeTable } from "../support/tables.js";

const renewed = { accessToken: "renewed", refreshToken: "rotated", expiresIn: 60 };
const namesOfTokens = `select s.name from cloakroom.integrations i join vault.secrets s
  on s.id in (i.access_secret_id, i.refresh_secret_id) order by s.name`;

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
      const key = { organizationId, provider: "openai", apiKey: newApiKey() };
      const { id: providerKeyId } = await call<{ id: string }>(database, "insert_provider_key", key, owner.caller);
      const cell = { rowId: row?.id, columnId: table.ids.s };
      const found = await outcomes([
        call(database, "reveal_cell", cell, admin.caller),
        addRows(database, table, [{ s: "another" }], admin.caller),
        call(database, "delete_organization", { organizationId }, owner.caller),
        call(database, "insert_provider_key", { ...key, apiKey: newApiKey() }, admin.caller),
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

  it("using a provider key and all that ends it: no deadlock, no unexplained error, and the chain holds", async () => {
    for (let round = 0; round < 8; round++) {
      const owner = await signInTo(database);
      const admin = await memberOf(database, owner, "ADMIN");
      const keys = providerKeyCalls(database, owner);
      const { id } = await keys.add();
      const { organizationId } = owner;
      const take = (args: Record<string, unknown>, person = owner) => keys.take(person, args);
      const taken = await Promise.all(Array.from({ length: 3 }, () => take({ providerKeyId: id })));
      const limits = { requestsPerMinute: 50, tokensPerDay: 1000 };
      const found = await outcomes([
        ...Array.from({ length: 3 }, () => take({ providerKeyId: id })),
        take({ providerKeyId: id, tokensReserved: 10 }, admin),
        ...taken.map(({ useId }) => keys.end(useId, { inputTokens: 1, outputTokens: 1 })),
        keys.limit(limits, admin.caller),
        keys.update(id, { limits }, admin.caller),
        round % 2 ? keys.rotate(id, newApiKey(), admin.caller) : keys.quarantine(id, null, admin.caller),
        keys.add(),
        take({ tokensReserved: 10, provider: "openai" }),
        keys.decrypted(id),
        round % 4 < 2 ? keys.remove(id) : keys.update(id, { active: false }),
        take({ providerKeyId: id }, admin),
        ...(round > 5 ? [call(database, "delete_organization", { organizationId }, owner.caller)] : []),
        keys.add({}, admin.caller),
      ]);
      expect(found.filter((state) => !["ok", "CR404", "CR409", "CR422", "23503"].includes(state))).toEqual([]);
      if (round > 5) continue;
      expect(await call(database, "verify_audit_log", { organizationId }, owner.caller)).toMatchObject({ valid: true });
      const { rows } = await test.admin.query(
        `select count(*) filter (where action = 'PROVIDER_KEY_USED' and actor_id is not null)::integer as events,
           (select count(*) from cloakroom.provider_key_uses u where u.organization_id = $1 and u.opened_at is not null)::integer as uses
         from cloakroom.audit_events where organization_id = $1`,
        [organizationId],
      );
      expect(rows[0].events).toBe(rows[0].uses);
    }
  });

  it("ending uses while their organization is deleted: no deadlock, also where a restore made the foreign keys anew", async () => {
    await test.admin.query(`alter table cloakroom.provider_key_uses drop constraint provider_key_uses_organization_id_fkey,
      add constraint provider_key_uses_organization_id_fkey foreign key (organization_id)
      references cloakroom.organizations on delete cascade`);
    const deadlocks = "select deadlocks::integer from pg_stat_database where datname = current_database()";
    const count = async () => (await test.admin.query(deadlocks)).rows[0].deadlocks;
    const before = await count();
    for (let round = 0; round < 8; round++) {
      const owner = await signInTo(database);
      const keys = providerKeyCalls(database, owner);
      await keys.add();
      const taken = await Promise.all(Array.from({ length: 20 }, () => keys.take()));
      const { organizationId } = owner;
      const found = await outcomes([
        ...taken.slice(0, 10).map(({ useId }) => keys.end(useId)),
        call(database, "delete_organization", { organizationId }, owner.caller),
        ...taken.slice(10).map(({ useId }) => keys.end(useId)),
      ]);
      expect(found.filter((state) => state !== "ok")).toEqual([]);
    }
    await test.admin.query("select pg_stat_force_next_flush()");
    expect((await count()) - before).toBe(0);
  });

  it("using, renewing and deleting an integration: no deadlock, no unexplained error, no token left", async () => {
    for (let round = 0; round < 8; round++) {
      const owner = await signInTo(database);
      const admin = await memberOf(database, owner, "ADMIN");
      const { organizationId } = owner;
      const tokens = { service: "slack", accessToken: "token", refreshToken: "refresh-token" };
      const given = { organizationId, ...tokens };
      const { id: integrationId } = await call<{ id: string }>(database, "insert_integration", given, owner.caller);
      const begin = () =>
        call<{ useId: string }>(database, "begin_integration_use", { integrationId, method: "GET" }, admin.caller);
      const begun = await Promise.all(Array.from({ length: 6 }, begin));
      const flow = { organizationId, service: "slack" };
      const { state } = await call<{ state: string }>(database, "begin_integration_flow", flow, admin.caller);
      const { flowId } = await call<{ flowId: string }>(database, "take_integration_flow", { state }, server);
      const { leaseId } = await call<{ leaseId: string }>(
        database,
        "begin_integration_refresh",
        { integrationId },
        server,
      );
      const leaves = await Promise.all(
        [owner, admin].map(({ caller }) =>
          call<{ useId: string }>(database, "begin_integration_deletion", { integrationId }, caller),
        ),
      );
      const found = await outcomes([
        ...begun.map(({ useId }) => call(database, "open_integration_use", { useId }, server)),
        call(database, "finish_integration_refresh", { integrationId, knownVersion: 1, ...renewed }, server),
        call(database, "fail_integration_refresh", { integrationId, leaseId, permanent: true }, server),
        call(database, "finish_integration_flow", { flowId, accessToken: "token" }, server),
        call(database, "finish_integration_flow", { flowId, accessToken: "token" }, server),
        begin(),
        ...(round % 4 < 2 ? leaves : []).map(({ useId }) =>
          call(database, "finish_integration_deletion", { useId }, server),
        ),
        call(database, "get_integration_token", { integrationId }, server),
        round % 2
          ? call(database, "delete_organization", { organizationId }, owner.caller)
          : call(database, "delete_integration", { integrationId }, owner.caller),
        ...begun.map(({ useId }) => call(database, "end_integration_use", { useId }, server)),
        call(database, "begin_integration_deletion", { integrationId }, owner.caller),
        call(database, "insert_integration", given, admin.caller),
        call(database, "begin_integration_flow", flow, admin.caller),
      ]);
      expect(found.filter((state) => !["ok", "CR404", "CR409", "23503"].includes(state))).toEqual([]);
      const names = "select name from vault.secrets where name like 'integration:%' order by name";
      expect((await test.admin.query(names)).rows).toEqual((await test.admin.query(namesOfTokens)).rows);
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
