import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Requests, requestsOf, unknownIds } from "../support/requests.js";
import { startTestServer, type TestServer } from "../support/server.js";
import { canariesIn, tableDump } from "../support/table-dump.js";

describe("deleteOrganization", () => {
  let server: TestServer;
  let requests: Requests;
  beforeAll(async () => {
    server = await startTestServer();
    requests = requestsOf(server);
  });
  afterAll(() => server.close());

  test("takes it from everyone, and its keys from the vault", async () => {
    const owner = await server.signIn();
    const member = await server.signInMember(owner, "MEMBER");
    const input = { organizationId: owner.organizationId, provider: "openai", apiKey: "sk-canary-to-be-shredded" };
    await requests.addProviderKey(input, { token: owner.token });
    const secrets = async () => Number((await server.admin.query("select count(*) from vault.secrets")).rows[0].count);
    const before = await secrets();
    expect((await requests.deleteOrganization(owner.organizationId, { token: owner.token })).data).toEqual({
      deleteOrganization: true,
    });
    expect(await secrets()).toBe(before - 2);
    for (const { token } of [owner, member])
      expect((await requests.organization(owner.organizationId, { token })).code).toBe("NOT_FOUND");
    expect(canariesIn(await tableDump(server.admin), [input.apiKey])).toEqual([]);
  });

  test("is FORBIDDEN below OWNER, NOT_FOUND to strangers, and then nothing is gone", async () => {
    const owner = await server.signIn();
    for (const role of ["VIEWER", "MEMBER", "ADMIN"] as const) {
      const { token } = await server.signInMember(owner, role);
      expect((await requests.deleteOrganization(owner.organizationId, { token })).code).toBe("FORBIDDEN");
    }
    const { token } = await server.signIn();
    for (const id of [owner.organizationId, ...unknownIds])
      expect((await requests.deleteOrganization(id, { token })).code).toBe("NOT_FOUND");
    expect((await requests.deleteOrganization(owner.organizationId)).code).toBe("UNAUTHENTICATED");
    expect((await requests.organization(owner.organizationId, { token: owner.token })).code).toBeNull();
  });
});
