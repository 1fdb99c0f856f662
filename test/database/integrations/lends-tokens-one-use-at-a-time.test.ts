import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { IntegrationUse, OpenedIntegration } from "../../../src/database/contract.generated.js";
import type { TestDatabase } from "../../support/database.js";
import { callBehind } from "../../support/locks.js";
import { organizationStage } from "../../support/organization-stage.js";
import { call, type DatabasePerson, memberOf, refusal, removeFrom, server, signInTo } from "../../support/people.js";

const accessToken = "token-canary-5a7c";

describe("a use of an integration", () => {
  let testing: TestDatabase;
  let owner: DatabasePerson;
  let member: DatabasePerson;
  beforeAll(async () => {
    [testing, owner] = await organizationStage();
    member = await memberOf(testing.database, owner, "MEMBER");
  });
  afterAll(() => testing.drop());

  const connect = async (args: Record<string, unknown> = {}) => {
    const given = { organizationId: owner.organizationId, service: "slack", accessToken, ...args };
    return (await call<{ id: string }>(testing.database, "insert_integration", given, owner.caller)).id;
  };
  const begin = (integrationId: string, { caller }: DatabasePerson = member, method = "GET") =>
    call<IntegrationUse>(testing.database, "begin_integration_use", { integrationId, method }, caller);
  const open = (useId: string, refusedVersion: number | null = null) =>
    call<OpenedIntegration>(testing.database, "open_integration_use", { useId, refusedVersion }, server);
  const setTimes = (id: string, ends: string) =>
    testing.admin.query(
      `update cloakroom.integrations set expires_at = now() + $2::interval, refresh_at = now() + $2::interval - interval '5 minutes'
       where id = $1`,
      [id, ends],
    );

  test("is begun by a member, opened once by the server, and on record as the member's", async () => {
    const id = await connect();
    const { useId, service } = await begin(id, member, "POST");
    expect(service).toBe("slack");
    expect(await open(useId)).toMatchObject({ outcome: "ready", accessToken, tokenVersion: 1, refreshDue: false });
    expect(await refusal(open(useId))).toMatchObject({ sqlState: "CR404" });
    const { rows } = await testing.admin.query(
      "select actor_id, details from cloakroom.audit_events where target_id = $1 and action = 'INTEGRATION_USED'",
      [id],
    );
    expect(rows).toEqual([{ actor_id: member.userId, details: { service: "slack", method: "POST" } }]);
    const { organizationId } = owner;
    expect(await call(testing.database, "verify_audit_log", { organizationId }, owner.caller)).toMatchObject({
      valid: true,
    });
  });

  test("is no viewer's, no stranger's, and no user can open it", async () => {
    const id = await connect();
    expect(await refusal(begin(id, await memberOf(testing.database, owner, "VIEWER")))).toMatchObject({
      sqlState: "CR403",
    });
    expect(await refusal(begin(id, await signInTo(testing.database)))).toMatchObject({ sqlState: "CR404" });
    expect(await refusal(begin(randomUUID()))).toMatchObject({ sqlState: "CR404" });
    expect(await refusal(begin(id, member, "TRACE"))).toMatchObject({ sqlState: "CR422" });
    const { useId } = await begin(id);
    const args = { useId };
    expect(await refusal(call(testing.database, "open_integration_use", args, owner.caller))).toMatchObject({
      sqlState: "42501",
    });
  });

  test("gives no token to somebody who is removed or signed out while it waits for the integration", async () => {
    const id = await connect();
    const leaves = [
      (one: DatabasePerson) => removeFrom(testing.database, owner, one),
      (one: DatabasePerson) => call(testing.database, "revoke_session", {}, one.caller),
    ];
    const states = [];
    for (const leave of leaves) {
      const leaving = await memberOf(testing.database, owner, "MEMBER");
      const { useId } = await begin(id, leaving);
      const lock = `select from cloakroom.integrations where id = '${id}' for update`;
      states.push(
        await callBehind(
          testing.admin,
          lock,
          () => refusal(open(useId)),
          () => leave(leaving),
        ),
      );
    }
    expect(states.map(({ sqlState }) => sqlState)).toEqual(["CR404", "CR401"]);
  });

  test("is over when the member goes, the session ends, a minute has passed or the integration is deleted", async () => {
    const id = await connect();
    const leaving = await memberOf(testing.database, owner, "MEMBER");
    const left = await begin(id, leaving);
    await testing.admin.query("delete from cloakroom.members where user_id = $1 and organization_id = $2", [
      leaving.userId,
      owner.organizationId,
    ]);
    expect(await refusal(open(left.useId))).toMatchObject({ sqlState: "CR404" });

    const signingOut = await memberOf(testing.database, owner, "MEMBER");
    const ended = await begin(id, signingOut);
    await call(testing.database, "revoke_session", {}, signingOut.caller);
    expect(await refusal(open(ended.useId))).toMatchObject({ sqlState: "CR401" });

    const late = await begin(id);
    await testing.admin.query("update cloakroom.integration_uses set expires_at = now() where id = $1", [late.useId]);
    expect(await refusal(open(late.useId))).toMatchObject({ sqlState: "CR404" });

    const deleted = await begin(id);
    await call(testing.database, "delete_integration", { integrationId: id }, owner.caller);
    expect(await refusal(open(deleted.useId))).toMatchObject({ sqlState: "CR404" });
  });

  test("gives no token that has ended or that the service refused, and says what to do", async () => {
    const id = await connect({ refreshToken: "refresh" });
    await setTimes(id, "4 minutes");
    expect(await open((await begin(id)).useId)).toMatchObject({ outcome: "ready", refreshDue: true });
    const { useId } = await begin(id);
    expect(await open(useId)).toMatchObject({ outcome: "ready" });
    expect(await open(useId, 1)).toMatchObject({ outcome: "refresh_first", accessToken: null });
    await setTimes(id, "-1 minute");
    expect(await open((await begin(id)).useId)).toMatchObject({ outcome: "refresh_first", accessToken: null });

    const bare = await connect();
    const use = await begin(bare);
    expect(await open(use.useId)).toMatchObject({ outcome: "ready" });
    expect(await open(use.useId, 1)).toMatchObject({ outcome: "refused", accessToken: null });
    await setTimes(bare, "-1 minute");
    expect(await open((await begin(bare)).useId)).toMatchObject({ outcome: "needs_reconnect", accessToken: null });
  });

  test("serves a token for five seconds that the service says is good for less, and one of no length until it is refused", async () => {
    const id = await connect({ refreshToken: "refresh", expiresAt: "2020-01-01T00:00:00Z" });
    const renew = async (knownVersion: number, expiresIn: number) => {
      const args = { integrationId: id, knownVersion, accessToken, expiresIn };
      expect(await call(testing.database, "finish_integration_refresh", args, server)).toBe(true);
    };
    await renew(1, 1);
    expect(await open((await begin(id)).useId)).toMatchObject({ outcome: "ready", refreshDue: false });
    const pass = (seconds: number) =>
      testing.admin.query(
        `update cloakroom.integrations set expires_at = expires_at - make_interval(secs => $2),
           refresh_at = refresh_at - make_interval(secs => $2) where id = $1`,
        [id, seconds],
      );
    await pass(5);
    expect(await open((await begin(id)).useId)).toMatchObject({ outcome: "refresh_first" });
    await renew(2, 0);
    expect(await open((await begin(id)).useId)).toMatchObject({ outcome: "ready", refreshDue: false });
    const { rows } = await testing.admin.query("select expires_at from cloakroom.integrations where id = $1", [id]);
    expect(rows).toEqual([{ expires_at: null }]);
  });

  test("for a deletion is an ADMIN's, removes the integration, and gives both its tokens once", async () => {
    const id = await connect({ refreshToken: "refresh-canary" });
    const leave = ({ caller }: DatabasePerson) =>
      call<IntegrationUse>(testing.database, "begin_integration_deletion", { integrationId: id }, caller);
    expect(await refusal(leave(member))).toMatchObject({ sqlState: "CR403" });
    const { useId } = await leave(owner);
    expect(await refusal(open(useId))).toMatchObject({ sqlState: "CR404" });
    const tokens = () => call(testing.database, "finish_integration_deletion", { useId }, server);
    expect(await tokens()).toMatchObject({ service: "slack", accessToken, refreshToken: "refresh-canary" });
    expect(await refusal(tokens())).toMatchObject({ sqlState: "CR404" });
    const secrets = await testing.admin.query("select from vault.secrets where name like $1", [`%${id}%`]);
    expect(secrets.rows).toEqual([]);
    const { rows } = await testing.admin.query(
      "select actor_id from cloakroom.audit_events where target_id = $1 and action = 'INTEGRATION_DELETED'",
      [id],
    );
    expect(rows).toEqual([{ actor_id: owner.userId }]);
  });

  test("for a deletion gives the tokens of a refresh that ended in between, and none can be stored after it", async () => {
    const integrationId = await connect({ refreshToken: "refresh-canary" });
    const { useId } = await call<IntegrationUse>(
      testing.database,
      "begin_integration_deletion",
      { integrationId },
      owner.caller,
    );
    const renewed = { integrationId, accessToken: "second-canary", refreshToken: "second-refresh-canary" };
    const finish = (knownVersion: number) =>
      call(testing.database, "finish_integration_refresh", { ...renewed, knownVersion }, server);
    expect(await finish(1)).toBe(true);
    expect(await call(testing.database, "finish_integration_deletion", { useId }, server)).toMatchObject({
      service: "slack",
      accessToken: "second-canary",
      refreshToken: "second-refresh-canary",
    });
    expect(await finish(2)).toBe(false);
  });

  test("for a deletion is nobody's any more whose role has gone in between, and deletes nothing then", async () => {
    const integrationId = await connect();
    const admin = await memberOf(testing.database, owner, "ADMIN");
    const { useId } = await call<IntegrationUse>(
      testing.database,
      "begin_integration_deletion",
      { integrationId },
      admin.caller,
    );
    await testing.admin.query("update cloakroom.members set role = 'MEMBER' where user_id = $1", [admin.userId]);
    const finished = call(testing.database, "finish_integration_deletion", { useId }, server);
    expect(await refusal(finished)).toMatchObject({ sqlState: "CR403" });
    expect((await begin(integrationId)).integrationId).toBe(integrationId);
  });

  test("leaves nothing behind", async () => {
    const { useId } = await begin(await connect());
    await testing.admin.query("update cloakroom.integration_uses set expires_at = now() - interval '1 hour'");
    await call(testing.database, "end_integration_use", { useId }, server);
    expect((await testing.admin.query("select id from cloakroom.integration_uses")).rows).toEqual([]);
  });
});
