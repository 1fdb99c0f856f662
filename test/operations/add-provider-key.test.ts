import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Requests, refused, requestsOf, unknownIds } from "../support/requests.js";
import { startTestServer, type TestServer } from "../support/server.js";
import { canariesIn, tableDump } from "../support/table-dump.js";

const apiKey = "sk-canary-9b7e-do-not-leak-wxyz";

describe("addProviderKey", () => {
  let server: TestServer;
  let requests: Requests;
  beforeAll(async () => {
    server = await startTestServer();
    requests = requestsOf(server);
  });
  afterAll(() => server.close());

  test("answers the key masked, records it, and leaks it nowhere", async () => {
    const { organizationId, token, userId } = await server.signIn();
    const input = { organizationId, provider: "openai", apiKey, label: "main", baseUrl: "https://llm.example.com/v1" };
    const { data, text } = await requests.addProviderKey(input, { token });
    expect(data.addProviderKey).toMatchObject({
      organizationId,
      provider: "openai",
      label: "main",
      baseUrl: "https://llm.example.com/v1",
      apiKey: "••••••••wxyz",
      active: true,
      createdBy: userId,
      lastUsedAt: null,
    });
    const { rows } = await server.admin.query(
      "select action, actor_id, target_id, details from cloakroom.audit_events where organization_id = $1",
      [organizationId],
    );
    const details = { provider: "openai", label: "main" };
    const target_id = data.addProviderKey.id;
    expect(rows).toEqual([{ action: "PROVIDER_KEY_ADDED", actor_id: userId, target_id, details }]);
    const seen = text + server.output() + (await tableDump(server.admin));
    expect(canariesIn(seen, [apiKey, apiKey.slice(3, -4)])).toEqual([]);
  });

  const wrong: [string, Record<string, unknown>][] = [
    ["input.apiKey", { apiKey: "" }],
    ["input.apiKey", { apiKey: `${apiKey} ${apiKey}` }],
    ["input.apiKey", { apiKey: `${apiKey}\r\nx: y` }],
    ["input.apiKey", { apiKey: `${apiKey}\u0000` }],
    ["input.apiKey", { apiKey: apiKey.repeat(300) }],
    ["input.apiKey", { apiKey: { nested: apiKey } }],
    ["input.apiKey", { apiKey: null }],
    ["input.apiKey", { apiKey: `${apiKey}…wxyz` }],
    ["input.apiKey", { apiKey: `${apiKey}é` }],
    ["input.apiKey", { apiKey: `https://example.com/?key=${apiKey}` }],
    ["input.apiKey", { apiKey: `{"key": "${apiKey}"}` }],
    ["input.provider", { provider: "Open AI" }],
    ["input.label", { label: "x".repeat(201) }],
    ["input.baseUrl", { baseUrl: `https://${apiKey}:x@example.com` }],
    ["input.baseUrl", { baseUrl: "javascript:alert(1)" }],
    ["input.baseUrl", { baseUrl: `https://example.com/v1#${apiKey}` }],
    ["input.baseUrl", { baseUrl: `https://example.com/v1/chat/completions?key=${apiKey}` }],
  ];
  test("refuses bad input by field, quoting nothing of it, and keeps nothing", async () => {
    const { organizationId, token } = await server.signIn();
    for (const [field, changes] of wrong) {
      const answer = await requests.addProviderKey(
        { organizationId, provider: "openai", apiKey, ...changes },
        { token },
      );
      expect(refused(answer), JSON.stringify(changes).slice(0, 80)).toEqual({ code: "BAD_USER_INPUT", field });
      expect(canariesIn(answer.text + server.output(), [apiKey, apiKey.slice(3, -4)])).toEqual([]);
    }
    expect((await requests.providerKeys(organizationId, { token })).data.providerKeys).toEqual([]);
  });

  test("refuses a key in the wrong box with a sentence that names the right one, and suggests it for a name of one's own", async () => {
    const { organizationId, token } = await server.signIn();
    const theirs = ["sk-ant-", "api03-canary-do-not-leak-anthropic"].join("");
    const add = (provider: string, key = theirs) =>
      requests.addProviderKey({ organizationId, provider, apiKey: key }, { token });
    const wrong = await add("openai");
    expect(refused(wrong)).toEqual({ code: "BAD_USER_INPUT", field: "input.provider" });
    expect(wrong.errors[0]?.message).toBe("This looks like an Anthropic key: its provider is anthropic.");
    const admin = await add("anthropic", ["sk-ant-", "admin01-canary-do-not-leak"].join(""));
    expect(refused(admin)).toEqual({ code: "BAD_USER_INPUT", field: "input.apiKey" });
    expect(admin.errors[0]?.message).toContain("an Anthropic admin key");
    const own = await add("our-gateway");
    expect(own.data.addProviderKey).toMatchObject({ provider: "our-gateway", suggestedProvider: "anthropic" });
    expect(canariesIn(wrong.text + admin.text + own.text + server.output(), ["do-not-leak"])).toEqual([]);
  });

  test("is CONFLICT for a key that the organization has already, and for nobody else's", async () => {
    const [owner, other] = [await server.signIn(), await server.signIn()];
    const add = async ({ organizationId, token }: typeof owner, provider = "openai") =>
      (await requests.addProviderKey({ organizationId, provider, apiKey }, { token })).code;
    expect(await add(owner)).toBeNull();
    expect(await add(owner)).toBe("CONFLICT");
    expect(await add(owner, "groq")).toBe("CONFLICT");
    expect(await add(other)).toBeNull();
    expect(canariesIn(server.output() + (await tableDump(server.admin)), [apiKey, apiKey.slice(3, -4)])).toEqual([]);
  });

  test("is FORBIDDEN below ADMIN, NOT_FOUND to strangers and UNAUTHENTICATED to nobody", async () => {
    const owner = await server.signIn();
    const add = async (token?: string, organizationId = owner.organizationId) =>
      (await requests.addProviderKey({ organizationId, provider: "openai", apiKey }, token ? { token } : {})).code;
    expect(await add((await server.signInMember(owner, "MEMBER")).token)).toBe("FORBIDDEN");
    expect(await add((await server.signInMember(owner, "ADMIN")).token)).toBeNull();
    expect(await add((await server.signIn()).token)).toBe("NOT_FOUND");
    expect(await add()).toBe("UNAUTHENTICATED");
    for (const id of unknownIds) expect(await add(owner.token, id)).toBe("NOT_FOUND");
  });
});
