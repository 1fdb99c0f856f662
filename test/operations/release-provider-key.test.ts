import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Requests, requestsOf, unknownIds } from "../support/requests.js";
import { type Person, startTestServer, type TestServer } from "../support/server.js";

describe("releaseProviderKey", () => {
  let server: TestServer;
  let requests: Requests;
  beforeAll(async () => {
    server = await startTestServer();
    requests = requestsOf(server);
  });
  afterAll(() => server.close());

  async function quarantinedKeyOf({ organizationId, token }: Person) {
    const input = { organizationId, provider: "openai", apiKey: `sk-canary-${randomUUID()}` };
    const { id } = (await requests.addProviderKey(input, { token })).data.addProviderKey;
    await requests.quarantineProviderKey(id, { token });
    return id;
  }

  test("ends a quarantine on record; the key stays deactivated until it is activated", async () => {
    const owner = await server.signIn();
    const { token } = owner;
    const id = await quarantinedKeyOf(owner);
    expect((await requests.releaseProviderKey(id, { token })).data.releaseProviderKey).toMatchObject({
      id,
      active: false,
      quarantinedAt: null,
    });
    expect((await requests.releaseProviderKey(id, { token })).code).toBe("CONFLICT");
    const { data } = await requests.updateProviderKey({ id, active: true }, { token });
    expect(data.updateProviderKey).toMatchObject({ active: true });
    const { rows } = await server.admin.query(
      "select action from cloakroom.audit_events where target_id = $1 order by sequence offset 1",
      [id],
    );
    expect(rows.map(({ action }) => action)).toEqual([
      "PROVIDER_KEY_QUARANTINED",
      "PROVIDER_KEY_RELEASED",
      "PROVIDER_KEY_UPDATED",
    ]);
  });

  test("is FORBIDDEN below OWNER, NOT_FOUND to strangers and UNAUTHENTICATED to nobody", async () => {
    const owner = await server.signIn();
    const id = await quarantinedKeyOf(owner);
    const release = async (token?: string, key = id) =>
      (await requests.releaseProviderKey(key, token ? { token } : {})).code;
    for (const role of ["MEMBER", "ADMIN"] as const)
      expect(await release((await server.signInMember(owner, role)).token)).toBe("FORBIDDEN");
    expect(await release((await server.signIn()).token)).toBe("NOT_FOUND");
    expect(await release()).toBe("UNAUTHENTICATED");
    for (const unknown of unknownIds) expect(await release(owner.token, unknown)).toBe("NOT_FOUND");
    const { data } = await requests.providerKeys(owner.organizationId, { token: owner.token });
    expect(data.providerKeys).toMatchObject([{ quarantinedAt: expect.any(String) }]);
  });
});
