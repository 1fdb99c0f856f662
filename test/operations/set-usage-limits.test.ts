import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Requests, refused, requestsOf, type UsageLimitsAnswer, unknownIds } from "../support/requests.js";
import { startTestServer, type TestServer } from "../support/server.js";

const none = { requestsPerMinute: null, tokensPerDay: null, models: null };

describe("setUsageLimits", () => {
  let server: TestServer;
  let requests: Requests;
  beforeAll(async () => {
    server = await startTestServer();
    requests = requestsOf(server);
  });
  afterAll(() => server.close());

  const limitsRead = async (token: string) => {
    const query = "{ organizations { id usageLimits { requestsPerMinute tokensPerDay models } } }";
    const { data } = await server.graphql<{ organizations: { id: string; usageLimits: UsageLimitsAnswer }[] }>(
      query,
      {},
      { token },
    );
    return new Map(data.organizations.map(({ id, usageLimits }) => [id, usageLimits]));
  };

  test("limits an organization, which all its members read, and no other; on record", async () => {
    const owner = await server.signIn();
    const viewer = await server.signInMember(owner, "VIEWER");
    const { organizationId, token } = owner;
    const set = async (limits: object) =>
      (await requests.setUsageLimits({ organizationId, limits }, { token })).data.setUsageLimits;
    expect(await set({ requestsPerMinute: 60, models: ["gpt-4o*", "o3"] })).toEqual({
      ...none,
      requestsPerMinute: 60,
      models: ["gpt-4o*", "o3"],
    });
    expect(await set({ tokensPerDay: 100_000, models: null })).toEqual({
      requestsPerMinute: 60,
      tokensPerDay: 100_000,
      models: null,
    });
    const read = await limitsRead(viewer.token);
    expect(read.get(organizationId)).toEqual({ requestsPerMinute: 60, tokensPerDay: 100_000, models: null });
    expect(read.get(viewer.organizationId)).toEqual(none);
    const { rows } = await server.admin.query(
      "select action, actor_id, details from cloakroom.audit_events where organization_id = $1 order by sequence desc limit 1",
      [organizationId],
    );
    const details = { limits: { requestsPerMinute: 60, tokensPerDay: 100_000 } };
    expect(rows).toEqual([{ action: "USAGE_LIMITS_SET", actor_id: owner.userId, details }]);
  });

  test("refuses what is no limit by field", async () => {
    const { organizationId, token } = await server.signIn();
    for (const [name, value] of [
      ["requestsPerMinute", 0],
      ["tokensPerDay", -1],
      ["models", []],
      ["models", ["*", "a*b"]],
      ["models", ["x".repeat(201)]],
    ] as const) {
      const answer = await requests.setUsageLimits({ organizationId, limits: { [name]: value } }, { token });
      expect(refused(answer)).toEqual({ code: "BAD_USER_INPUT", field: `input.limits.${name}` });
    }
    expect((await limitsRead(token)).get(organizationId)).toEqual(none);
  });

  test("is FORBIDDEN below ADMIN, NOT_FOUND to strangers and UNAUTHENTICATED to nobody", async () => {
    const owner = await server.signIn();
    const set = async (token?: string, organizationId = owner.organizationId) =>
      (await requests.setUsageLimits({ organizationId, limits: { tokensPerDay: 1 } }, token ? { token } : {})).code;
    expect(await set((await server.signInMember(owner, "MEMBER")).token)).toBe("FORBIDDEN");
    expect(await set((await server.signIn()).token)).toBe("NOT_FOUND");
    expect(await set()).toBe("UNAUTHENTICATED");
    for (const unknown of unknownIds) expect(await set(owner.token, unknown)).toBe("NOT_FOUND");
    expect((await limitsRead(owner.token)).get(owner.organizationId)).toEqual(none);
  });
});
