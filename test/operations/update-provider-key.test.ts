import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Requests, refused, requestsOf, unknownIds } from "../support/requests.js";
import { startTestServer, type TestServer } from "../support/server.js";

describe("updateProviderKey", () => {
  let server: TestServer;
  let requests: Requests;
  beforeAll(async () => {
    server = await startTestServer();
    requests = requestsOf(server);
  });
  afterAll(() => server.close());

  async function keyOf({ organizationId, token }: { organizationId: string; token: string }) {
    const input = { organizationId, provider: "openai", apiKey: "sk-canary-of-update-abcd", label: "old" };
    return (await requests.addProviderKey(input, { token })).data.addProviderKey.id;
  }

  test("changes what is given and keeps the rest; null clears the label", async () => {
    const owner = await server.signIn();
    const { token } = owner;
    const id = await keyOf(owner);
    const changed = async (changes: object) =>
      (await requests.updateProviderKey({ id, ...changes }, { token })).data.updateProviderKey;
    expect(await changed({ active: false })).toMatchObject({ label: "old", active: false });
    expect(await changed({ label: "new" })).toMatchObject({ label: "new", active: false });
    expect(await changed({ label: null, active: true })).toMatchObject({ label: null, active: true });
    expect(await changed({})).toMatchObject({ label: null, active: true, apiKey: "••••••••abcd" });
  });

  test("limits a key, of which what is left out stays and null lifts one", async () => {
    const owner = await server.signIn();
    const { token } = owner;
    const id = await keyOf(owner);
    const limited = async (limits: unknown) =>
      (await requests.updateProviderKey({ id, limits }, { token })).data.updateProviderKey.limits;
    const none = { requestsPerMinute: null, tokensPerDay: null, models: null };
    expect(await limited(undefined)).toEqual(none);
    expect(await limited({ requestsPerMinute: 5, models: ["gpt-4o*"] })).toEqual({
      ...none,
      requestsPerMinute: 5,
      models: ["gpt-4o*"],
    });
    expect(await limited({ requestsPerMinute: null, tokensPerDay: 9 })).toEqual({
      requestsPerMinute: null,
      tokensPerDay: 9,
      models: ["gpt-4o*"],
    });
    for (const [name, value] of [
      ["requestsPerMinute", 0],
      ["tokensPerDay", -1],
      ["models", []],
      ["models", ["a b"]],
    ] as const)
      expect(refused(await requests.updateProviderKey({ id, limits: { [name]: value } }, { token }))).toEqual({
        code: "BAD_USER_INPUT",
        field: `input.limits.${name}`,
      });
  });

  test("refuses a long label by field", async () => {
    const owner = await server.signIn();
    const input = { id: await keyOf(owner), label: "x".repeat(201) };
    expect(refused(await requests.updateProviderKey(input, { token: owner.token }))).toEqual({
      code: "BAD_USER_INPUT",
      field: "input.label",
    });
  });

  test("is FORBIDDEN below ADMIN, NOT_FOUND to strangers and UNAUTHENTICATED to nobody", async () => {
    const owner = await server.signIn();
    const id = await keyOf(owner);
    const update = async (token?: string, key = id) =>
      (await requests.updateProviderKey({ id: key, active: false }, token ? { token } : {})).code;
    expect(await update((await server.signInMember(owner, "MEMBER")).token)).toBe("FORBIDDEN");
    expect(await update((await server.signIn()).token)).toBe("NOT_FOUND");
    expect(await update()).toBe("UNAUTHENTICATED");
    for (const unknown of unknownIds) expect(await update(owner.token, unknown)).toBe("NOT_FOUND");
    const { data } = await requests.providerKeys(owner.organizationId, { token: owner.token });
    expect(data.providerKeys[0]?.active).toBe(true);
  });
});
