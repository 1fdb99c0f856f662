import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { IntegrationRefresh } from "../../../src/database/contract.generated.js";
import type { TestDatabase } from "../../support/database.js";
import { organizationStage } from "../../support/organization-stage.js";
import { call, type DatabasePerson, refusal, server } from "../../support/people.js";

describe("a refresh", () => {
  let testing: TestDatabase;
  let owner: DatabasePerson;
  beforeAll(async () => {
    [testing, owner] = await organizationStage();
  });
  afterAll(() => testing.drop());

  const connect = async (args: Record<string, unknown> = {}) => {
    const tokens = { accessToken: "old", refreshToken: "old-refresh", expiresAt: "2020-01-01T00:00:00Z" };
    const given = { organizationId: owner.organizationId, service: "slack", ...tokens, ...args };
    return (await call<{ id: string }>(testing.database, "insert_integration", given, owner.caller)).id;
  };
  const begin = (integrationId: string, knownVersion: number | null = null) =>
    call<IntegrationRefresh>(testing.database, "begin_integration_refresh", { integrationId, knownVersion }, server);
  const finish = (integrationId: string, knownVersion: number, tokens: Record<string, unknown>) =>
    call<boolean>(testing.database, "finish_integration_refresh", { integrationId, knownVersion, ...tokens }, server);
  const fail = (integrationId: string, leaseId: unknown, permanent: boolean, retryAfter: number | null = null) =>
    call<string>(
      testing.database,
      "fail_integration_refresh",
      { integrationId, leaseId, permanent, retryAfter },
      server,
    );
  const token = (integrationId: string) =>
    call<string>(testing.database, "get_integration_token", { integrationId }, server);
  const due = () => call<string[]>(testing.database, "due_integrations", {}, server);
  const later = (id: string, column: string) =>
    testing.admin.query(`update cloakroom.integrations set ${column} = now() - interval '1 second' where id = $1`, [
      id,
    ]);
  const details = async (id: string) => {
    const { rows } = await testing.admin.query(
      "select details from cloakroom.audit_events where target_id = $1 and action = 'INTEGRATION_REFRESHED' order by sequence",
      [id],
    );
    return rows.map((row) => row.details.outcome);
  };

  test("is one holder's, however many ask at once; the others are told to wait, and afterwards that it is done", async () => {
    const id = await connect();
    expect(await due()).toContain(id);
    const asked = await Promise.all(Array.from({ length: 20 }, () => begin(id, 1)));
    const holders = asked.filter(({ outcome }) => outcome === "refresh");
    expect(holders).toMatchObject([{ refreshToken: "old-refresh", tokenVersion: 1 }]);
    expect(asked.filter(({ outcome }) => outcome === "wait")).toHaveLength(19);
    expect(asked.filter(({ refreshToken }) => refreshToken !== null)).toHaveLength(1);
    expect(await due()).not.toContain(id);
    expect(await finish(id, 1, { accessToken: "new", refreshToken: "new-refresh", expiresIn: 3600 })).toBe(true);
    expect(await token(id)).toBe("new");
    // Asked once more, since an answer can be lost.
    expect(await finish(id, 1, { accessToken: "new", refreshToken: "new-refresh", expiresIn: 3600 })).toBe(true);
    expect(await finish(id, 1, { accessToken: "newer", refreshToken: "new-refresh", expiresIn: 3600 })).toBe(false);
    expect(await begin(id, 1)).toMatchObject({ outcome: "fresh", refreshToken: null, tokenVersion: 2 });
    expect(await begin(id, 2)).toMatchObject({ outcome: "refresh", refreshToken: "new-refresh" });
    expect(await details(id)).toEqual(["begun", "refreshed", "begun"]);
    const { rows } = await testing.admin.query("select 1 from vault.secrets where name like $1", [`%${id}%`]);
    expect(rows).toHaveLength(2);
  });

  test("is nobody's where the token is not due and nobody says that it is no good", async () => {
    const id = await connect();
    await begin(id);
    await finish(id, 1, { accessToken: "new", expiresIn: 3600 });
    expect(await begin(id)).toMatchObject({ outcome: "fresh", refreshToken: null });
    const lasting = await connect({ expiresAt: null });
    expect(await begin(lasting)).toMatchObject({ outcome: "fresh", refreshToken: null });
    await later(id, "refresh_at");
    expect(await begin(id)).toMatchObject({ outcome: "refresh", refreshToken: "old-refresh" });
  });

  test("keeps the refresh token that stands where no other came, and the scopes", async () => {
    const id = await connect({ scopes: ["a"] });
    await begin(id);
    expect(await finish(id, 1, { accessToken: "new" })).toBe(true);
    expect(await begin(id, 2)).toMatchObject({ refreshToken: "old-refresh", tokenVersion: 2 });
    const { rows } = await testing.admin.query("select scopes, expires_at from cloakroom.integrations where id = $1", [
      id,
    ]);
    expect(rows).toEqual([{ scopes: ["a"], expires_at: null }]);
  });

  test("whose holder was killed is another's after a minute, and what the first still brings is kept", async () => {
    const id = await connect();
    const first = await begin(id);
    await later(id, "lease_until");
    expect(await due()).toContain(id);
    const second = await begin(id);
    expect(second.outcome).toBe("refresh");
    expect(await finish(id, 1, { accessToken: "first", refreshToken: "first-refresh" })).toBe(true);
    // The second used a refresh token that was rotated away: its refusal says nothing about what stands here now.
    expect(await fail(id, second.leaseId, true)).toBe("stale");
    expect(await finish(id, 1, { accessToken: "second" })).toBe(false);
    expect(await fail(id, first.leaseId, true)).toBe("stale");
    expect(await token(id)).toBe("first");
  });

  test("that fails waits longer each time, an hour at most, or as long as the service asks", async () => {
    const id = await connect();
    const waits: number[] = [];
    for (let tries = 0; tries < 11; tries++) {
      const { leaseId } = await begin(id);
      expect(await fail(id, leaseId, false)).toBe("cooling");
      const { outcome, retryAfter } = await begin(id);
      expect(outcome).toBe("cooling");
      waits.push(retryAfter ?? 0);
      expect(await due()).not.toContain(id);
      await later(id, "retry_at");
    }
    expect(waits).toEqual([15, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]);
    const { leaseId } = await begin(id);
    await testing.admin.query("update cloakroom.integrations set failures = 0 where id = $1", [id]);
    expect(await fail(id, leaseId, false, 90)).toBe("cooling");
    expect((await begin(id)).retryAfter).toBe(90);
    expect(await details(id)).toEqual(Array(12).fill("begun"));
  });

  test("that fails for good needs its user, on record, and is not tried again", async () => {
    const id = await connect();
    const { leaseId } = await begin(id);
    expect(await fail(id, leaseId, true)).toBe("needs_reconnect");
    expect(await fail(id, leaseId, true)).toBe("stale");
    expect(await begin(id)).toMatchObject({ outcome: "needs_reconnect", refreshToken: null });
    expect(await due()).not.toContain(id);
    expect(await details(id)).toEqual(["begun", "needs_reconnect"]);
    expect(await refusal(token(id))).toMatchObject({ sqlState: "CR409" });
  });

  test("finds nothing where the integration is gone, and is the server's alone", async () => {
    const id = await connect();
    const { leaseId } = await begin(id);
    await call(testing.database, "delete_integration", { integrationId: id }, owner.caller);
    expect(await finish(id, 1, { accessToken: "new", refreshToken: "new-refresh" })).toBe(false);
    expect(await fail(id, leaseId, true)).toBe("stale");
    expect(await refusal(begin(id))).toMatchObject({ sqlState: "CR404" });
    for (const [fn, args] of [
      ["begin_integration_refresh", { integrationId: id }],
      ["finish_integration_refresh", { integrationId: id, knownVersion: 1, accessToken: "a" }],
      ["fail_integration_refresh", { integrationId: id, leaseId: randomUUID(), permanent: true }],
      ["due_integrations", {}],
    ] as const)
      expect(await refusal(call(testing.database, fn, args, owner.caller))).toMatchObject({ sqlState: "42501" });
  });
});
