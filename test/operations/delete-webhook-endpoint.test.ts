import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { unknownIds } from "../support/requests.js";
import { type Person, startTestServer, type TestServer } from "../support/server.js";
import { standardHeaders, type WebhookRequests, webhooksOf } from "../support/webhooks.js";

describe("deleteWebhookEndpoint", () => {
  let server: TestServer;
  let requests: WebhookRequests;
  beforeAll(async () => {
    server = await startTestServer();
    requests = webhooksOf(server);
  });
  afterAll(() => server.close());

  /** An endpoint with two secrets and an event. */
  async function used({ organizationId, token }: Person) {
    const { data } = await requests.addWebhookEndpoint({ organizationId, name: "used" }, { token });
    const { id, path } = data.addWebhookEndpoint.endpoint;
    const { secret } = (await requests.rotateWebhookSecret({ id }, { token })).data.rotateWebhookSecret;
    const deliver = async (body = "[1]") => (await requests.deliver(path, body, standardHeaders(secret, body))).status;
    expect(await deliver()).toBe(200);
    return { id, deliver };
  }
  const leftovers = async () => {
    const { rows } = await server.admin.query(`select
      (select count(*)::integer from cloakroom.webhook_endpoints) as endpoints,
      (select count(*)::integer from cloakroom.webhook_events) as events,
      (select count(*)::integer from cloakroom.webhook_deliveries) as deliveries,
      (select count(*)::integer from vault.secrets where name like 'webhook_endpoint:%') as secrets`);
    return rows[0];
  };

  test("removes endpoint, secrets and events at once, and records it; what it received is refused from then on", async () => {
    const owner = await server.signIn();
    const before = await leftovers();
    const { id, deliver } = await used(owner);
    const answer = await requests.deleteWebhookEndpoint(id, { token: owner.token });
    expect(answer.data.deleteWebhookEndpoint).toBe(true);
    expect(await leftovers()).toEqual(before);
    expect(await deliver()).toBe(401);
    expect((await requests.deleteWebhookEndpoint(id, { token: owner.token })).code).toBe("NOT_FOUND");
    const { rows } = await server.admin.query(
      "select action, actor_id, details from cloakroom.audit_events where target_id = $1 order by sequence desc limit 1",
      [id],
    );
    const details = { name: "used", style: "STANDARD" };
    expect(rows).toEqual([{ action: "WEBHOOK_ENDPOINT_DELETED", actor_id: owner.userId, details }]);
  });

  test("happens with the organization too", async () => {
    const owner = await server.signIn();
    const before = await leftovers();
    const { deliver } = await used(owner);
    const query = "mutation($id: ID!) { deleteOrganization(id: $id) }";
    expect((await server.graphql(query, { id: owner.organizationId }, { token: owner.token })).code).toBeNull();
    expect(await leftovers()).toEqual(before);
    expect(await deliver()).toBe(401);
  });

  test("waits for no delivery for long though fifty come at a time, and leaves nothing of any of them", async () => {
    const owner = await server.signIn();
    const before = await leftovers();
    const { id, deliver } = await used(owner);
    const statuses: number[] = [];
    let isDeleted = false;
    const sender = async (_: unknown, of: number) => {
      for (let n = 0; !isDeleted; n++) statuses.push(await deliver(JSON.stringify([of, n])));
      return deliver("[]");
    };
    const senders = Array.from({ length: 50 }, sender);
    while (statuses.length < 50) await new Promise((resolve) => setTimeout(resolve, 5));
    const [began, answered] = [performance.now(), statuses.length];
    const deleted = await requests.deleteWebhookEndpoint(id, { token: owner.token });
    const seconds = (performance.now() - began) / 1000;
    const meanwhile = statuses.length - answered;
    isDeleted = true;
    const last = await Promise.all(senders);
    expect(deleted.code).toBeNull();
    expect(statuses.slice(0, answered)).toEqual(Array(answered).fill(200));
    expect(meanwhile).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(15);
    expect(last).toEqual(Array(50).fill(401));
    expect(statuses.filter((status) => status !== 200 && status !== 401)).toEqual([]);
    expect(await leftovers()).toEqual(before);
  });

  test("is FORBIDDEN below ADMIN, NOT_FOUND to strangers and UNAUTHENTICATED to nobody", async () => {
    const owner = await server.signIn();
    const { id, deliver } = await used(owner);
    const codeFor = async (token?: string, of = id) =>
      (await requests.deleteWebhookEndpoint(of, token ? { token } : {})).code;
    expect(await codeFor((await server.signInMember(owner, "MEMBER")).token)).toBe("FORBIDDEN");
    expect(await codeFor((await server.signIn()).token)).toBe("NOT_FOUND");
    expect(await codeFor()).toBe("UNAUTHENTICATED");
    for (const unknown of unknownIds) expect(await codeFor(owner.token, unknown)).toBe("NOT_FOUND");
    expect(await deliver()).toBe(200);
    expect(await codeFor((await server.signInMember(owner, "ADMIN")).token)).toBeNull();
  });
});
