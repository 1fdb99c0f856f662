import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type ModelUpstream, sendJson, startModelUpstream } from "../support/model-upstream.js";
import { type Requests, refused, requestsOf, unknownIds } from "../support/requests.js";
import { type Person, startTestServer, type TestServer } from "../support/server.js";
import { canariesIn, tableDump } from "../support/table-dump.js";

const newKey = () => `sk-canary-${randomUUID()}`;

describe("rotateProviderKey", () => {
  let server: TestServer;
  let upstream: ModelUpstream;
  let requests: Requests;
  beforeAll(async () => {
    [server, upstream] = await Promise.all([startTestServer(), startModelUpstream()]);
    requests = requestsOf(server);
  });
  afterAll(() => Promise.all([server?.close(), upstream?.close()]));
  afterEach(() => upstream.asked.splice(0));

  async function keyOf({ organizationId, token }: Person, more = {}) {
    const input = {
      organizationId,
      provider: "openai",
      apiKey: newKey(),
      baseUrl: upstream.url,
      label: "main",
      ...more,
    };
    return (await requests.addProviderKey(input, { token })).data.addProviderKey.id;
  }
  const keysOf = async ({ organizationId, token }: Person) =>
    (await requests.providerKeys(organizationId, { token })).data.providerKeys;

  test("answers the new key masked, deactivates the old one, records it, asks nobody, and leaks nothing", async () => {
    const owner = await server.signIn();
    const id = await keyOf(owner);
    const apiKey = newKey();
    const { data, text } = await requests.rotateProviderKey({ id, apiKey }, { token: owner.token });
    expect(data.rotateProviderKey).toMatchObject({
      provider: "openai",
      label: "main",
      baseUrl: upstream.url,
      apiKey: `••••••••${apiKey.slice(-4)}`,
      active: true,
      createdBy: owner.userId,
    });
    expect(await keysOf(owner)).toMatchObject([
      { id, active: false },
      { id: data.rotateProviderKey.id, active: true },
    ]);
    expect(upstream.asked).toEqual([]);
    const { rows } = await server.admin.query(
      "select action from cloakroom.audit_events where target_id = $1 order by sequence",
      [id],
    );
    expect(rows.map(({ action }) => action)).toEqual(["PROVIDER_KEY_ADDED", "PROVIDER_KEY_ROTATED"]);
    const seen = text + server.output() + (await tableDump(server.admin));
    expect(canariesIn(seen, [apiKey, apiKey.slice(3, -4)])).toEqual([]);
  });

  test("tries the new key upstream first where it is asked to, with the model that is named", async () => {
    const owner = await server.signIn();
    const id = await keyOf(owner);
    const apiKey = newKey();
    const input = { id, apiKey: ` ${apiKey}\n`, verify: true, model: "gpt-test" };
    const { data } = await requests.rotateProviderKey(input, { token: owner.token });
    expect(data.rotateProviderKey).toMatchObject({ active: true });
    expect(upstream.asked).toMatchObject([{ key: apiKey, path: "/v1/chat/completions", body: { model: "gpt-test" } }]);
  });

  test("changes nothing where upstream refuses the key, and repeats nothing of what upstream said", async () => {
    const owner = await server.signIn();
    const id = await keyOf(owner);
    const before = await keysOf(owner);
    const apiKey = newKey();
    upstream.behave("gpt-refused", ({ key }, response) =>
      sendJson(response, { error: { message: `Incorrect API key provided: ${key}` } }, 401, { "x-echo": key }),
    );
    const input = { id, apiKey, verify: true, model: "gpt-refused" };
    const answer = await requests.rotateProviderKey(input, { token: owner.token });
    expect(answer.errors[0]?.extensions).toMatchObject({ code: "UPSTREAM_ERROR", status: 401 });
    expect(await keysOf(owner)).toEqual(before);
    const { rows } = await server.admin.query("select action from cloakroom.audit_events where organization_id = $1", [
      owner.organizationId,
    ]);
    expect(rows).toEqual([{ action: "PROVIDER_KEY_ADDED" }]);
    const seen = answer.text + server.output() + (await tableDump(server.admin));
    expect(canariesIn(seen, [apiKey, apiKey.slice(3, -4)])).toEqual([]);
  });

  test("changes nothing where upstream cannot be reached", async () => {
    const owner = await server.signIn();
    const id = await keyOf(owner, { baseUrl: "http://127.0.0.1:9" });
    const input = { id, apiKey: newKey(), verify: true };
    expect((await requests.rotateProviderKey(input, { token: owner.token })).code).toBe("UPSTREAM_ERROR");
    expect(await keysOf(owner)).toMatchObject([{ id, active: true }]);
  });

  test("tries nothing for whoever may not rotate, nor a key that it would not take", async () => {
    const owner = await server.signIn();
    const id = await keyOf(owner);
    const taken = newKey();
    await keyOf(owner, { apiKey: taken });
    const rotate = (token: string | undefined, apiKey = newKey(), key = id) =>
      requests.rotateProviderKey({ id: key, apiKey, verify: true, model: "gpt-test" }, token ? { token } : {});
    expect((await rotate((await server.signInMember(owner, "MEMBER")).token)).code).toBe("FORBIDDEN");
    expect((await rotate((await server.signIn()).token)).code).toBe("NOT_FOUND");
    expect((await rotate(undefined)).code).toBe("UNAUTHENTICATED");
    for (const unknown of unknownIds) expect((await rotate(owner.token, newKey(), unknown)).code).toBe("NOT_FOUND");
    expect((await rotate(owner.token, taken)).code).toBe("CONFLICT");
    for (const apiKey of ["", "a b", ["sk-ant-", "api03-", newKey()].join(""), ["sk-", "admin-", newKey()].join("")])
      expect(refused(await rotate(owner.token, apiKey))).toEqual({ code: "BAD_USER_INPUT", field: "input.apiKey" });
    expect(upstream.asked).toEqual([]);
  });

  test.each([false, true])(
    "of three at once one replaces the key and two are CONFLICT, then tries nothing any more (verify: %s)",
    async (verify) => {
      const owner = await server.signIn();
      const id = await keyOf(owner);
      const rotate = () => requests.rotateProviderKey({ id, apiKey: newKey(), verify }, { token: owner.token });
      const codes = (await Promise.all([rotate(), rotate(), rotate()])).map(({ code }) => code);
      expect(codes.sort()).toEqual(["CONFLICT", "CONFLICT", null]);
      expect((await keysOf(owner)).filter(({ active }) => active)).toHaveLength(1);
      upstream.asked.splice(0);
      expect(refused(await rotate())).toEqual({ code: "CONFLICT", field: null });
      expect(upstream.asked).toEqual([]);
    },
  );
});
