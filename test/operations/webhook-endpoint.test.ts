import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { unknownIds } from "../support/requests.js";
import { type Person, startTestServer, type TestServer } from "../support/server.js";
import { canariesIn } from "../support/table-dump.js";
import { standardHeaders, type WebhookRequests, webhooksOf } from "../support/webhooks.js";

describe("webhookEndpoint", () => {
  let server: TestServer;
  let requests: WebhookRequests;
  let owner: Person;
  beforeAll(async () => {
    server = await startTestServer();
    requests = webhooksOf(server);
    owner = await server.signIn();
  });
  afterAll(() => server.close());

  const add = async (name: string) =>
    (await requests.addWebhookEndpoint({ organizationId: owner.organizationId, name }, { token: owner.token })).data
      .addWebhookEndpoint;

  test("answers one endpoint as the list does, and nothing of its secret", async () => {
    const { endpoint, secret } = await add("alone");
    const { data, text } = await requests.webhookEndpoint(endpoint.id, { token: owner.token });
    expect(data.webhookEndpoint).toEqual(endpoint);
    expect(canariesIn(text + server.output(), [secret, secret.slice(6, -1)])).toEqual([]);
  });

  test("reads one endpoint's events where those of all together are more than an answer holds", async () => {
    const made = [await add("large"), await add("large too")];
    const body = JSON.stringify("x".repeat(1_000_000));
    for (const { endpoint, secret } of made)
      expect((await requests.deliver(endpoint.path, body, standardHeaders(secret, body))).status).toBe(200);
    const [one, other] = made.map(({ endpoint }) => endpoint.id);
    const enlarge = "update cloakroom.webhook_events set payload_sealed = repeat('x', 90000000) where endpoint_id = $1";
    await server.admin.query(enlarge, [other]);
    const events = "{ events { nodes { payload } } }";
    const list = `query($id: ID!) { webhookEndpoints(organizationId: $id) ${events} }`;
    const all = await server.graphql(list, { id: owner.organizationId }, { token: owner.token });
    expect([all.code, all.errors[0]?.message]).toEqual(["BAD_USER_INPUT", expect.stringContaining("64 MiB")]);
    const { data } = await server.graphql<{ webhookEndpoint: unknown }>(
      `query($id: ID!) { webhookEndpoint(id: $id) ${events} }`,
      { id: one },
      { token: owner.token },
    );
    expect(data.webhookEndpoint).toEqual({ events: { nodes: [{ payload: JSON.parse(body) }] } });
    await requests.deleteWebhookEndpoint(other ?? "", { token: owner.token });
  });

  test("records nothing: what is recorded is who added, rotated and deleted endpoints", async () => {
    const { endpoint } = await add("read");
    const count = async () =>
      (await server.admin.query("select count(*) from cloakroom.audit_events where target_id = $1", [endpoint.id]))
        .rows;
    const before = await count();
    await requests.webhookEndpoint(endpoint.id, { token: owner.token });
    expect(await count()).toEqual(before);
  });

  test("is FORBIDDEN below ADMIN, NOT_FOUND to strangers and UNAUTHENTICATED to nobody", async () => {
    const { id } = (await add("hidden")).endpoint;
    const answerTo = (token?: string, of = id) => requests.webhookEndpoint(of, token ? { token } : {});
    const codeFor = async (token?: string, of = id) => (await answerTo(token, of)).code;
    expect(await codeFor((await server.signInMember(owner, "VIEWER")).token)).toBe("FORBIDDEN");
    expect(await codeFor((await server.signInMember(owner, "MEMBER")).token)).toBe("FORBIDDEN");
    expect(await codeFor((await server.signInMember(owner, "ADMIN")).token)).toBeNull();
    const stranger = await server.signIn();
    const message = async (of: string) => (await answerTo(stranger.token, of)).errors[0]?.message;
    for (const unknown of [id, ...unknownIds]) expect(await codeFor(stranger.token, unknown)).toBe("NOT_FOUND");
    expect(await message(id)).toBe(await message(unknownIds[0] ?? ""));
    expect(await codeFor()).toBe("UNAUTHENTICATED");
  });
});
