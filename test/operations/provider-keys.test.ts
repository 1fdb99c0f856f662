import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Requests, requestsOf, unknownIds } from "../support/requests.js";
import { startTestServer, type TestServer } from "../support/server.js";

describe("providerKeys", () => {
  let server: TestServer;
  let requests: Requests;
  beforeAll(async () => {
    server = await startTestServer();
    requests = requestsOf(server);
  });
  afterAll(() => server.close());

  test("answers an organization's keys, oldest first, each masked", async () => {
    const { organizationId, token } = await server.signIn();
    const keys = ["sk-canary-first-0001", "sk-canary-second-0002"];
    for (const apiKey of keys) await requests.addProviderKey({ organizationId, provider: "openai", apiKey }, { token });
    const { data, text } = await requests.providerKeys(organizationId, { token });
    expect(data.providerKeys.map(({ apiKey }) => apiKey)).toEqual(["••••••••0001", "••••••••0002"]);
    for (const key of keys) expect(text).not.toContain(key.slice(0, -4));
  });

  test("is FORBIDDEN below ADMIN, NOT_FOUND to strangers and UNAUTHENTICATED to nobody", async () => {
    const owner = await server.signIn();
    const codeFor = async (token: string, id = owner.organizationId) =>
      (await requests.providerKeys(id, { token })).code;
    expect(await codeFor((await server.signInMember(owner, "VIEWER")).token)).toBe("FORBIDDEN");
    expect(await codeFor((await server.signInMember(owner, "MEMBER")).token)).toBe("FORBIDDEN");
    expect(await codeFor((await server.signInMember(owner, "ADMIN")).token)).toBeNull();
    expect(await codeFor((await server.signIn()).token)).toBe("NOT_FOUND");
    for (const id of unknownIds) expect(await codeFor(owner.token, id)).toBe("NOT_FOUND");
    expect((await requests.providerKeys(owner.organizationId)).code).toBe("UNAUTHENTICATED");
  });
});
