import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Requests, requestsOf, unknownIds } from "../support/requests.js";
import { startTestServer, type TestServer } from "../support/server.js";

describe("deleteProviderKey", () => {
  let server: TestServer;
  let requests: Requests;
  beforeAll(async () => {
    server = await startTestServer();
    requests = requestsOf(server);
  });
  afterAll(() => server.close());

  async function keyOf({ organizationId, token }: { organizationId: string; token: string }) {
    const input = { organizationId, provider: "openai", apiKey: "sk-canary-of-delete-abcd" };
    return (await requests.addProviderKey(input, { token })).data.addProviderKey.id;
  }

  test("removes row and vault secret, on record", async () => {
    const owner = await server.signIn();
    const id = await keyOf(owner);
    const name = `provider_key:${id}`;
    const secrets = async () =>
      (await server.admin.query("select 1 from vault.secrets where name = $1", [name])).rows.length;
    expect(await secrets()).toBe(1);
    expect((await requests.deleteProviderKey(id, { token: owner.token })).data.deleteProviderKey).toBe(true);
    expect(await secrets()).toBe(0);
    expect((await requests.deleteProviderKey(id, { token: owner.token })).code).toBe("NOT_FOUND");
    const { rows } = await server.admin.query(
      "select action from cloakroom.audit_events where target_id = $1 order by sequence",
      [id],
    );
    expect(rows.map(({ action }) => action)).toEqual(["PROVIDER_KEY_ADDED", "PROVIDER_KEY_DELETED"]);
  });

  test("is FORBIDDEN below ADMIN, NOT_FOUND to strangers and UNAUTHENTICATED to nobody", async () => {
    const owner = await server.signIn();
    const id = await keyOf(owner);
    const remove = async (token?: string, key = id) =>
      (await requests.deleteProviderKey(key, token ? { token } : {})).code;
    expect(await remove((await server.signInMember(owner, "MEMBER")).token)).toBe("FORBIDDEN");
    expect(await remove((await server.signIn()).token)).toBe("NOT_FOUND");
    expect(await remove()).toBe("UNAUTHENTICATED");
    for (const unknown of unknownIds) expect(await remove(owner.token, unknown)).toBe("NOT_FOUND");
    expect((await requests.providerKeys(owner.organizationId, { token: owner.token })).data.providerKeys).toHaveLength(
      1,
    );
  });
});
