import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { IntegrationAlert, IntegrationRefresh } from "../../../src/database/contract.generated.js";
import type { TestDatabase } from "../../support/database.js";
import { organizationStage } from "../../support/organization-stage.js";
import { call, type DatabasePerson, refusal, server } from "../../support/people.js";

describe("an integration that needs its user", () => {
  let testing: TestDatabase;
  let owner: DatabasePerson;
  beforeAll(async () => {
    [testing, owner] = await organizationStage();
  });
  afterAll(() => testing.drop());
  beforeEach(() => testing.admin.query("delete from cloakroom.integrations"));

  const connect = async (args: Record<string, unknown> = {}) => {
    const tokens = { accessToken: "old", refreshToken: "old-refresh", expiresAt: "2020-01-01T00:00:00Z" };
    const given = { organizationId: owner.organizationId, service: "slack", ...tokens, ...args };
    return (await call<{ id: string }>(testing.database, "insert_integration", given, owner.caller)).id;
  };
  const begin = (integrationId: string) =>
    call<IntegrationRefresh>(testing.database, "begin_integration_refresh", { integrationId }, server);
  const fail = async (integrationId: string) => {
    const { leaseId } = await begin(integrationId);
    const args = { integrationId, leaseId, permanent: true };
    expect(await call(testing.database, "fail_integration_refresh", args, server)).toBe("needs_reconnect");
  };
  const take = () => call<IntegrationAlert[]>(testing.database, "take_integration_alerts", {}, server);
  const note = (integrationId: string, tokenVersion = 1) =>
    call<boolean>(testing.database, "note_integration_alert", { integrationId, tokenVersion }, server);
  const due = () => call<string[]>(testing.database, "due_integrations", {}, server);
  const passTwoMinutes = () =>
    testing.admin.query("update cloakroom.integrations set alert_due_at = alert_due_at - interval '2 minutes'");
  const stored = async (id: string) => {
    const { rows } = await testing.admin.query(
      "select status, alert_due_at from cloakroom.integrations where id = $1",
      [id],
    );
    return rows[0];
  };

  test("is told of by one at a time, and again until somebody was told", async () => {
    const id = await connect();
    expect(await take()).toEqual([]);
    await fail(id);
    const taken = await Promise.all(Array.from({ length: 8 }, take));
    expect(taken.flat()).toEqual([{ integrationId: id, organizationId: owner.organizationId, tokenVersion: 1 }]);
    await passTwoMinutes();
    expect(await take()).toHaveLength(1);
    expect(await note(id)).toBe(true);
    await passTwoMinutes();
    expect(await take()).toEqual([]);
    expect((await stored(id)).status).toBe("NEEDS_RECONNECT");
  });

  test("is not told of any more once a token came after all, and that somebody was told of the last one is no note of the next", async () => {
    const id = await connect();
    const renew = async (knownVersion: number) => {
      const args = { integrationId: id, knownVersion, accessToken: "new", expiresIn: 3600 };
      expect(await call(testing.database, "finish_integration_refresh", args, server)).toBe(true);
    };
    await fail(id);
    await renew(1);
    expect(await stored(id)).toEqual({ status: "ACTIVE", alert_due_at: null });
    await testing.admin.query("update cloakroom.integrations set refresh_at = now() where id = $1", [id]);
    await fail(id);
    expect(await note(id, 1)).toBe(false);
    expect(await take()).toMatchObject([{ integrationId: id, tokenVersion: 2 }]);
    await call(testing.database, "delete_integration", { integrationId: id }, owner.caller);
    expect(await note(id, 2)).toBe(false);
  });

  test("is found also where a token has ended and there is none to get another with: once, on record", async () => {
    const ended = await connect({ refreshToken: null });
    const lasting = await connect({ refreshToken: null, expiresAt: null });
    const soon = await connect({ refreshToken: null, expiresAt: new Date(Date.now() + 60_000).toISOString() });
    await testing.admin.query("update cloakroom.integrations set refresh_at = now() where id = $1", [soon]);
    expect(await due()).toEqual([ended]);
    for (const id of [ended, ended, lasting, soon])
      expect(await begin(id)).toMatchObject({ outcome: "needs_reconnect", refreshToken: null });
    expect(await due()).toEqual([]);
    expect(await take()).toMatchObject([{ integrationId: ended }]);
    const { rows } = await testing.admin.query(
      "select target_id, actor_id, details from cloakroom.audit_events where action = 'INTEGRATION_REFRESHED' and target_id = any($1)",
      [[ended, lasting, soon]],
    );
    const details = { service: "slack", outcome: "needs_reconnect" };
    expect(rows).toEqual([{ target_id: ended, actor_id: null, details }]);
    expect((await stored(lasting)).status).toBe("ACTIVE");
  });

  test("does not keep others from being renewed, however many there are", async () => {
    const renewable = await connect({ expiresAt: new Date(Date.now() - 1_000).toISOString() });
    for (let count = 0; count < 100; count++) await connect({ refreshToken: null });
    const list = await due();
    expect([list[0], list.length]).toEqual([renewable, 100]);
  });

  test("is told of by the server alone", async () => {
    for (const [fn, args] of [
      ["take_integration_alerts", {}],
      ["note_integration_alert", { integrationId: randomUUID(), tokenVersion: 1 }],
    ] as const)
      expect(await refusal(call(testing.database, fn, args, owner.caller))).toMatchObject({ sqlState: "42501" });
  });
});
