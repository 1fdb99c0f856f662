import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { IntegrationFlow, TakenFlow } from "../../../src/database/contract.generated.js";
import type { TestDatabase } from "../../support/database.js";
import { organizationStage } from "../../support/organization-stage.js";
import { call, type DatabasePerson, memberOf, refusal, server, signInTo } from "../../support/people.js";
import { canariesIn, tableDump } from "../../support/table-dump.js";

describe("an OAuth flow", () => {
  let testing: TestDatabase;
  let owner: DatabasePerson;
  beforeAll(async () => {
    [testing, owner] = await organizationStage();
  });
  afterAll(() => testing.drop());

  const begin = ({ caller }: DatabasePerson = owner, args: Record<string, unknown> = {}) =>
    call<IntegrationFlow>(
      testing.database,
      "begin_integration_flow",
      { organizationId: owner.organizationId, service: "slack", scopes: ["a", "b"], ...args },
      caller,
    );
  const take = (state: string, callerId: string | null = null, sessionId: string | null = null) =>
    call<TakenFlow>(testing.database, "take_integration_flow", { state, callerId, sessionId }, server);
  const finish = (flowId: string | null, args: Record<string, unknown> = {}) =>
    call<{ id: string; scopes: string[]; expiresAt: string | null }>(
      testing.database,
      "finish_integration_flow",
      { flowId, accessToken: "token", ...args },
      server,
    );

  test("keeps neither its state nor its verifier in the open", async () => {
    const { state, verifier } = await begin(owner, { service: "plain-service" });
    expect(state).toMatch(/^[\w-]{43}$/);
    expect(verifier).toMatch(/^[\w-]{43}$/);
    const bytes = [state, verifier].map((text) => Buffer.from(text, "base64url").toString("hex"));
    const shown = ["plain-service", state, verifier, ...bytes];
    const isShown = async () => canariesIn(await tableDump(testing.admin), shown);
    expect(await isShown()).toEqual(["plain-service"]);
    const taken = await take(state);
    expect(taken.verifier).toBe(verifier);
    expect(await isShown()).toEqual(["plain-service"]);
    await finish(taken.flowId);
    expect(await isShown()).toEqual(["plain-service"]);
  });

  test("is taken once, however many come with its state at once, and ends in an integration of who began it", async () => {
    const { state, verifier } = await begin();
    const taken = await Promise.all(Array.from({ length: 10 }, () => take(state)));
    const [flow, ...others] = taken.filter(({ outcome }) => outcome === "taken");
    expect(others).toEqual([]);
    expect(taken.filter(({ outcome }) => outcome === "unknown")).toHaveLength(9);
    expect(flow).toMatchObject({ service: "slack", verifier, scopes: ["a", "b"] });
    const made = await finish(flow?.flowId ?? null, { refreshToken: "refresh", expiresIn: 3600 });
    expect(made.scopes).toEqual(["a", "b"]);
    expect(Math.abs(Date.parse(made.expiresAt ?? "") - Date.now() - 3_600_000)).toBeLessThan(60_000);
    const { rows } = await testing.admin.query(
      "select actor_id from cloakroom.audit_events where target_id = $1 and action = 'INTEGRATION_ADDED'",
      [made.id],
    );
    expect(rows).toEqual([{ actor_id: owner.userId }]);
  });

  test("that is finished again, at once or after an answer that was lost, is the same integration, stored and audited once", async () => {
    const { flowId } = await take((await begin()).state);
    const finished = await Promise.all(
      Array.from({ length: 8 }, (_, index) => finish(flowId, { accessToken: `token-${index}` })),
    );
    const [first] = finished;
    expect(new Set(finished.map(({ id }) => id))).toEqual(new Set([first?.id]));
    expect((await finish(flowId)).id).toBe(first?.id);
    const { rows } = await testing.admin.query(
      "select action from cloakroom.audit_events where target_id = $1 and action = 'INTEGRATION_ADDED'",
      [first?.id],
    );
    expect(rows).toHaveLength(1);
    const integrationId = first?.id;
    await call(testing.database, "delete_integration", { integrationId }, owner.caller);
    expect(await refusal(finish(flowId))).toMatchObject({ sqlState: "CR404" });
    const secrets = await testing.admin.query("select from vault.secrets where name like $1", [`%${integrationId}%`]);
    expect(secrets.rows).toEqual([]);
  });

  test("that a cookie began is over when it comes back without the same session, live; by a bearer it needs none", async () => {
    const { userId, sessionId } = owner;
    const elsewhere = await signInTo(testing.database, owner.phone);
    for (const [callerId, session] of [
      [null, null],
      [userId, null],
      [userId, elsewhere.sessionId],
    ] as const) {
      const { state } = await begin(owner, { byCookie: true });
      expect(await take(state, callerId, session)).toMatchObject({ outcome: "other_browser", verifier: null });
      expect((await take(state, userId, sessionId)).outcome).toBe("unknown");
    }
    // Its token may have ended in the meantime: then the session alone says who it is.
    expect((await take((await begin(owner, { byCookie: true })).state, null, sessionId)).outcome).toBe("taken");
    expect((await take((await begin()).state)).outcome).toBe("taken");
    const leaving = await signInTo(testing.database, owner.phone);
    const { state } = await begin(leaving, { byCookie: true });
    await call(testing.database, "revoke_session", {}, leaving.caller);
    expect(await take(state, null, leaving.sessionId)).toMatchObject({ outcome: "forbidden", verifier: null });
  });

  test("is nobody else's, also where only an ended token says whose the session is that comes with it", async () => {
    const stranger = await signInTo(testing.database);
    expect((await take((await begin()).state, stranger.userId, stranger.sessionId)).outcome).toBe("other_person");
    expect((await take((await begin()).state, null, stranger.sessionId)).outcome).toBe("other_person");
  });

  test("is unknown by any other state, expires after ten minutes, and is over once somebody else has brought it", async () => {
    const { state, expiresAt } = await begin();
    expect(Math.abs(Date.parse(expiresAt) - Date.now() - 600_000)).toBeLessThan(60_000);
    for (const other of ["", "x", `${state}x`, state.toLowerCase()])
      expect((await take(other)).outcome).toBe("unknown");
    const stranger = await signInTo(testing.database);
    expect(await take(state, stranger.userId)).toMatchObject({ outcome: "other_person", verifier: null });
    expect(await take(state, owner.userId)).toMatchObject({ outcome: "unknown", verifier: null });
    const late = await begin();
    await testing.admin.query("update cloakroom.integration_flows set expires_at = now()");
    expect(await take(late.state, owner.userId)).toMatchObject({ outcome: "expired", verifier: null });
  });

  test("is refused at the callback to one who is no ADMIN any more or has signed out", async () => {
    const admin = await memberOf(testing.database, owner, "ADMIN");
    const [demoted, finishing] = [await begin(admin), await begin(admin)];
    const { flowId } = await take(finishing.state);
    await testing.admin.query(
      "update cloakroom.members set role = 'MEMBER' where user_id = $1 and organization_id = $2",
      [admin.userId, owner.organizationId],
    );
    expect(await take(demoted.state)).toMatchObject({ outcome: "forbidden", verifier: null });
    expect(await refusal(finish(flowId))).toMatchObject({ sqlState: "CR403" });
    const leaving = await memberOf(testing.database, owner, "ADMIN");
    const { state } = await begin(leaving);
    await call(testing.database, "revoke_session", {}, leaving.caller);
    expect(await take(state)).toMatchObject({ outcome: "forbidden", verifier: null });
  });

  test("is begun by ADMINs alone, and a hundred at most are under way", async () => {
    const other = await signInTo(testing.database);
    expect(await refusal(begin(other))).toMatchObject({ sqlState: "CR404" });
    expect(await refusal(begin(await memberOf(testing.database, owner, "MEMBER")))).toMatchObject({
      sqlState: "CR403",
    });
    expect(await refusal(begin(owner, { service: "../x" }))).toMatchObject({ detail: "input.service" });
    const { organizationId } = other;
    for (let begun = 0; begun < 100; begun++) await begin(other, { organizationId });
    expect(await refusal(begin(other, { organizationId }))).toMatchObject({ sqlState: "CR429" });
    await testing.admin.query("update cloakroom.integration_flows set expires_at = now()");
    expect((await begin(other, { organizationId })).state).toMatch(/^[\w-]{43}$/);
  });
});
