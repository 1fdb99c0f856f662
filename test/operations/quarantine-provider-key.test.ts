import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ModelUpstream, startModelUpstream } from "../support/model-upstream.js";
import { type Requests, refused, requestsOf, unknownIds } from "../support/requests.js";
import { type Person, startTestServer, type TestServer } from "../support/server.js";
import { canariesIn } from "../support/table-dump.js";

describe("quarantineProviderKey", () => {
  let server: TestServer;
  let upstream: ModelUpstream;
  let requests: Requests;
  beforeAll(async () => {
    [server, upstream] = await Promise.all([startTestServer(), startModelUpstream()]);
    requests = requestsOf(server);
  });
  afterAll(() => Promise.all([server?.close(), upstream?.close()]));

  async function keyOf({ organizationId, token }: Person, apiKey = `sk-canary-${randomUUID()}`) {
    const input = { organizationId, provider: "openai", apiKey, baseUrl: upstream.url };
    return (await requests.addProviderKey(input, { token })).data.addProviderKey.id;
  }
  const chat = ({ token }: Person, organizationId: string) =>
    server.graphql(
      "mutation($input: ChatInput!) { chat(input: $input) { content } }",
      { input: { organizationId, model: "gpt-test", messages: [{ role: "USER", content: "one two" }] } },
      { token },
    );

  test("stops the use of a key and answers who used it, on record, without the key or an address", async () => {
    const owner = await server.signIn();
    const member = await server.signInMember(owner, "MEMBER");
    const apiKey = `sk-canary-${randomUUID()}`;
    const id = await keyOf(owner, apiKey);
    expect((await chat(member, owner.organizationId)).code).toBeNull();
    const answer = await requests.quarantineProviderKey(id, { token: owner.token }, "found in a paste");
    const { providerKey, usesUnderWay, recentUses } = answer.data.quarantineProviderKey;
    expect(providerKey).toMatchObject({ id, active: false, quarantinedAt: expect.any(String) });
    expect(usesUnderWay).toBe(0);
    expect(recentUses).toEqual([
      {
        usedAt: expect.any(String),
        auditEventId: expect.any(String),
        actorId: member.userId,
        actorName: null,
        model: "gpt-test",
        inputTokens: 11,
        outputTokens: 2,
        outcome: "COMPLETED",
        ipAddress: "••••••••",
        handedOut: false,
      },
    ]);
    const asked = upstream.asked.length;
    expect((await chat(member, owner.organizationId)).code).toBe("BAD_USER_INPUT");
    expect([asked, upstream.asked.length]).toEqual([1, 1]);
    const activate = await requests.updateProviderKey({ id, active: true }, { token: owner.token });
    expect(activate.code).toBe("CONFLICT");
    const { rows } = await server.admin.query(
      "select action, actor_id, reason from cloakroom.audit_events where organization_id = $1 order by sequence desc limit 1",
      [owner.organizationId],
    );
    expect(rows).toEqual([{ action: "PROVIDER_KEY_QUARANTINED", actor_id: owner.userId, reason: "found in a paste" }]);
    expect(canariesIn(answer.text + server.output(), [apiKey, apiKey.slice(3, -4)])).toEqual([]);
  });

  test("is FORBIDDEN below ADMIN, NOT_FOUND to strangers and UNAUTHENTICATED to nobody", async () => {
    const owner = await server.signIn();
    const id = await keyOf(owner);
    const quarantine = async (token?: string, key = id) =>
      (await requests.quarantineProviderKey(key, token ? { token } : {})).code;
    expect(await quarantine((await server.signInMember(owner, "MEMBER")).token)).toBe("FORBIDDEN");
    expect(await quarantine((await server.signIn()).token)).toBe("NOT_FOUND");
    expect(await quarantine()).toBe("UNAUTHENTICATED");
    for (const unknown of unknownIds) expect(await quarantine(owner.token, unknown)).toBe("NOT_FOUND");
    const long = await requests.quarantineProviderKey(id, { token: owner.token }, "x".repeat(2001));
    expect(refused(long)).toEqual({ code: "BAD_USER_INPUT", field: "reason" });
    const { data } = await requests.providerKeys(owner.organizationId, { token: owner.token });
    expect(data.providerKeys).toMatchObject([{ active: true, quarantinedAt: null }]);
  });
});
