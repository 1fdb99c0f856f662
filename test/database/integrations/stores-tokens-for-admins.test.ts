import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TestDatabase } from "../../support/database.js";
import { isOnDisk } from "../../support/disk-search.js";
import { organizationStage } from "../../support/organization-stage.js";
import { call, type DatabasePerson, memberOf, refusal, server, signInTo } from "../../support/people.js";

const accessToken = "xoxb-canary-access-3d1f77";
const refreshToken = "xoxe-canary-refresh-81c2aa";

interface Stored {
  readonly id: string;
  readonly accessToken: string;
  readonly scopes: string[];
  readonly status: string;
  readonly account: string | null;
}

describe("integrations", () => {
  let testing: TestDatabase;
  let owner: DatabasePerson;
  beforeAll(async () => {
    [testing, owner] = await organizationStage();
  });
  afterAll(() => testing.drop());

  const insert = (args: Record<string, unknown> = {}, { caller }: DatabasePerson = owner) =>
    call<Stored>(
      testing.database,
      "insert_integration",
      { organizationId: owner.organizationId, service: "slack", accessToken, refreshToken, ...args },
      caller,
    );
  const list = ({ caller }: DatabasePerson = owner) =>
    call<Stored[]>(testing.database, "integrations", { organizationId: owner.organizationId }, caller);
  const remove = (integrationId: string, { caller }: DatabasePerson = owner) =>
    call<boolean>(testing.database, "delete_integration", { integrationId }, caller);
  const token = (integrationId: string, caller = server) =>
    call<string>(testing.database, "get_integration_token", { integrationId }, caller);
  const eventsOf = async (id: string) => {
    const { rows } = await testing.admin.query(
      "select action, actor_id, details from cloakroom.audit_events where target_id = $1 order by sequence",
      [id],
    );
    return rows as { action: string; actor_id: string | null; details: object }[];
  };
  const secretsOf = async (id: string) =>
    (await testing.admin.query("select name from vault.secrets where name like $1 order by name", [`%${id}%`])).rows;

  test("keep their tokens in the vault and answer a mask that says nothing of them", async () => {
    const scopes = ["chat:write", "channels:read", "chat:write"];
    const made = await insert({ scopes, account: " Acme " });
    expect(made).toMatchObject({
      accessToken: "••••••••",
      scopes: ["chat:write", "channels:read"],
      account: "Acme",
      status: "ACTIVE",
    });
    expect(await list()).toContainEqual(made);
    expect(await secretsOf(made.id)).toHaveLength(2);
    for (const table of ["cloakroom.integrations", "cloakroom.audit_events", "vault.secrets"])
      for (const canary of [accessToken, refreshToken])
        expect(await isOnDisk(testing.admin, table, canary), table).toBe(false);
    const event = {
      action: "INTEGRATION_ADDED",
      actor_id: owner.userId,
      details: { service: "slack", account: "Acme" },
    };
    expect(await eventsOf(made.id)).toEqual([event]);
  });

  test("are ADMIN's: FORBIDDEN below, NOT_FOUND to strangers, nothing to the server", async () => {
    const { id } = await insert();
    const member = await memberOf(testing.database, owner, "MEMBER");
    const stranger = await signInTo(testing.database);
    expect(await refusal(insert({}, member))).toMatchObject({ sqlState: "CR403" });
    expect(await refusal(remove(id, member))).toMatchObject({ sqlState: "CR403" });
    expect(await refusal(list(member))).toMatchObject({ sqlState: "CR403" });
    expect(await refusal(insert({}, stranger))).toMatchObject({ sqlState: "CR404" });
    expect(await refusal(list(stranger))).toMatchObject({ sqlState: "CR404" });
    expect(await refusal(remove(id, stranger))).toMatchObject({ sqlState: "CR404" });
    expect(await refusal(remove(randomUUID()))).toMatchObject({ sqlState: "CR404" });
    expect(await refusal(call(testing.database, "delete_integration", { integrationId: id }, server))).toMatchObject({
      sqlState: "42501",
    });
  });

  test("are refused where anything could not stand in a header or a scope, and the value is never quoted", async () => {
    const tooMany = Array.from({ length: 101 }, (_, index) => `scope-${index}`);
    for (const [args, field] of [
      [{ accessToken: " " }, "input.accessToken"],
      [{ accessToken: "a b" }, "input.accessToken"],
      [{ accessToken: "canary\u00e9" }, "input.accessToken"],
      [{ accessToken: "x".repeat(16_385) }, "input.accessToken"],
      [{ refreshToken: "a\nb" }, "input.refreshToken"],
      [{ service: "Slack" }, "input.service"],
      [{ account: "x".repeat(201) }, "input.account"],
      [{ scopes: ['a"b'] }, "input.scopes"],
      [{ scopes: tooMany }, "input.scopes"],
      [{ expiresAt: "infinity" }, "input.expiresAt"],
    ] as const)
      expect(await refusal(insert(args))).toEqual({ sqlState: "CR422", detail: field });
  });

  test("give their token to the server alone, on record each time", async () => {
    const { id } = await insert();
    expect(await token(id)).toBe(accessToken);
    expect(await token(id)).toBe(accessToken);
    expect((await eventsOf(id)).slice(1)).toEqual([
      { action: "INTEGRATION_USED", actor_id: null, details: { service: "slack" } },
      { action: "INTEGRATION_USED", actor_id: null, details: { service: "slack" } },
    ]);
    expect(await refusal(token(id, owner.caller))).toMatchObject({ sqlState: "42501" });
    expect(await refusal(token(randomUUID()))).toMatchObject({ sqlState: "CR404" });
  });

  test("need their user again once the token has ended and nothing can replace it", async () => {
    const { id } = await insert({ refreshToken: null, expiresAt: "2020-01-01T00:00:00Z" });
    expect((await list()).find((one) => one.id === id)?.status).toBe("NEEDS_RECONNECT");
    expect(await refusal(token(id))).toMatchObject({ sqlState: "CR409" });
  });

  test("give no token that has ended, and write nothing then: the server has yet to replace it", async () => {
    const { id } = await insert({ expiresAt: "2020-01-01T00:00:00Z" });
    expect(await refusal(token(id))).toMatchObject({ sqlState: "CR503" });
    expect((await eventsOf(id)).map(({ action }) => action)).toEqual(["INTEGRATION_ADDED"]);
    const renewed = { integrationId: id, knownVersion: 1, accessToken: "xoxb-canary-next", expiresIn: 3600 };
    await call(testing.database, "finish_integration_refresh", renewed, server);
    expect(await token(id)).toBe("xoxb-canary-next");
  });

  test("go with their tokens, alone and with their organization", async () => {
    const { id } = await insert();
    expect(await remove(id)).toBe(true);
    expect(await secretsOf(id)).toEqual([]);
    expect((await eventsOf(id)).map(({ action }) => action)).toEqual(["INTEGRATION_ADDED", "INTEGRATION_DELETED"]);
    const other = await signInTo(testing.database);
    const { organizationId } = other;
    const doomed = await insert({ organizationId }, other);
    await call(testing.database, "delete_organization", { organizationId }, other.caller);
    expect(await secretsOf(doomed.id)).toEqual([]);
  });
});
