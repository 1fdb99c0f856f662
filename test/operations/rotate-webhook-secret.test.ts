import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { refused, unknownIds } from "../support/requests.js";
import { type Person, startTestServer, type TestServer } from "../support/server.js";
import { canariesIn, tableDump } from "../support/table-dump.js";
import {
  githubHeaders,
  standardHeaders,
  stripeHeaders,
  type WebhookRequests,
  webhooksOf,
} from "../support/webhooks.js";

describe("rotateWebhookSecret", () => {
  let server: TestServer;
  let requests: WebhookRequests;
  let owner: Person;
  beforeAll(async () => {
    server = await startTestServer();
    requests = webhooksOf(server);
    owner = await server.signIn();
  });
  afterAll(() => server.close());

  const add = async (input: object = {}) => {
    const full = { organizationId: owner.organizationId, name: "rotating", ...input };
    return (await requests.addWebhookEndpoint(full, { token: owner.token })).data.addWebhookEndpoint;
  };
  const rotate = (id: string, input: object = {}, token = owner.token) =>
    requests.rotateWebhookSecret({ id, ...input }, { token });
  const rotated = async (id: string, input: object = {}) => (await rotate(id, input)).data.rotateWebhookSecret;
  const statusFor = async (path: string, secret: string) =>
    (await requests.deliver(path, "[1]", standardHeaders(secret, "[1]"))).status;
  const endOverlap = (id: string) =>
    server.admin.query("update cloakroom.webhook_endpoints set previous_secret_until = now() where id = $1", [id]);
  const secretsOf = async (id: string) => {
    const { rows } = await server.admin.query(
      `select count(*)::integer as count from vault.secrets s, cloakroom.webhook_endpoints e
       where e.id = $1 and s.id in (e.secret_id, e.previous_secret_id)`,
      [id],
    );
    return rows[0].count;
  };
  const webhookSecrets = async () =>
    (
      await server.admin.query(
        "select count(*)::integer as count from vault.secrets where name like 'webhook_endpoint:%'",
      )
    ).rows[0].count;

  test("lets both secrets sign for a day, then the new one alone, and destroys the old one with the next delivery", async () => {
    const { endpoint, secret: before } = await add();
    const all = await webhookSecrets();
    const { endpoint: changed, secret: after } = await rotated(endpoint.id);
    expect(after).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(after).not.toBe(before);
    const hours = (Date.parse(changed.previousSecretUntil ?? "") - Date.now()) / 3_600_000;
    expect(hours).toBeCloseTo(24, 1);
    expect([await statusFor(endpoint.path, before), await statusFor(endpoint.path, after)]).toEqual([200, 200]);
    await endOverlap(endpoint.id);
    expect(await statusFor(endpoint.path, before)).toBe(401);
    expect(await secretsOf(endpoint.id)).toBe(2);
    expect(await statusFor(endpoint.path, after)).toBe(200);
    expect([await secretsOf(endpoint.id), await webhookSecrets()]).toEqual([1, all]);
    const { data } = await requests.webhookEndpoints(owner.organizationId, { token: owner.token });
    expect(data.webhookEndpoints.find(({ id }) => id === endpoint.id)?.previousSecretUntil).toBeNull();
  });

  test("ends the old secret at once with an overlap of 0, and an older one with the next rotation", async () => {
    const { endpoint, secret: first } = await add();
    const { secret: second } = await rotated(endpoint.id);
    const { secret: third } = await rotated(endpoint.id);
    const statuses = await Promise.all([first, second, third].map((secret) => statusFor(endpoint.path, secret)));
    expect(statuses).toEqual([401, 200, 200]);
    const { endpoint: cut, secret: fourth } = await rotated(endpoint.id, { overlapSeconds: 0 });
    expect(cut.previousSecretUntil).toBeNull();
    const later = await Promise.all([second, third, fourth].map((secret) => statusFor(endpoint.path, secret)));
    expect(later).toEqual([401, 401, 200]);
    expect(await secretsOf(endpoint.id)).toBe(1);
  });

  test("keeps the style, takes a secret of one's own, and knows ids from before", async () => {
    const { endpoint, secret: before } = await add({ style: "GITHUB" });
    const body = '{"a": 1}';
    const first = await requests.deliver(endpoint.path, body, githubHeaders(before, body, { id: "d-1" }));
    const own = "a secret of one's own";
    expect((await rotated(endpoint.id, { secret: own })).secret).toBe(own);
    const again = await requests.deliver(endpoint.path, body, githubHeaders(own, body, { id: "d-1" }));
    expect([again.status, again.eventId]).toEqual([200, first.eventId]);
  });

  test("takes the secret that Stripe makes once it has the address, and refuses Stripe until then", async () => {
    const { endpoint } = await add({ style: "STRIPE" });
    const secret = "whsec_canaryThatStripeShowsOnceItHasTheAddress";
    const body = '{"id": "evt_1"}';
    const status = async () => (await requests.deliver(endpoint.path, body, stripeHeaders(secret, body))).status;
    expect(await status()).toBe(401);
    expect((await rotated(endpoint.id, { secret, overlapSeconds: 0 })).secret).toBe(secret);
    expect(await status()).toBe(200);
  });

  test("records who rotated, shows the secret in no table, log or later answer, and lets fifty rotations at once leave one", async () => {
    const { endpoint } = await add();
    const answers = await Promise.all(Array.from({ length: 50 }, () => rotated(endpoint.id)));
    const secrets = answers.map(({ secret }) => secret);
    const statuses = await Promise.all(secrets.map((secret) => statusFor(endpoint.path, secret)));
    expect(statuses.filter((status) => status === 200).length).toBe(2);
    expect(await secretsOf(endpoint.id)).toBe(2);
    const { rows } = await server.admin.query(
      "select action, actor_id, details from cloakroom.audit_events where target_id = $1 order by sequence desc limit 1",
      [endpoint.id],
    );
    const details = { name: "rotating", style: "STANDARD", overlapSeconds: 86_400 };
    expect(rows).toEqual([{ action: "WEBHOOK_ENDPOINT_ROTATED", actor_id: owner.userId, details }]);
    const { text } = await requests.webhookEndpoints(owner.organizationId, { token: owner.token });
    expect(canariesIn(text + server.output() + (await tableDump(server.admin)), secrets)).toEqual([]);
  });

  test("refuses bad input by field and changes nothing", async () => {
    const { endpoint, secret } = await add();
    for (const [field, input] of [
      ["input.secret", { secret: "of no form at all, whatever it is" }],
      ["input.secret", { secret }],
      ["input.secret", { secret: secret.replace(/=+$/, "") }],
      ["input.overlapSeconds", { overlapSeconds: -1 }],
      ["input.overlapSeconds", { overlapSeconds: 2_592_001 }],
    ] as const)
      expect(refused(await rotate(endpoint.id, input))).toEqual({ code: "BAD_USER_INPUT", field });
    expect(await statusFor(endpoint.path, secret)).toBe(200);
  });

  test("is FORBIDDEN below ADMIN, NOT_FOUND to strangers and UNAUTHENTICATED to nobody", async () => {
    const { endpoint, secret } = await add();
    const codeFor = async (token: string, id = endpoint.id) => (await rotate(id, {}, token)).code;
    expect(await codeFor((await server.signInMember(owner, "MEMBER")).token)).toBe("FORBIDDEN");
    expect(await codeFor((await server.signIn()).token)).toBe("NOT_FOUND");
    for (const id of unknownIds) expect(await codeFor(owner.token, id)).toBe("NOT_FOUND");
    expect((await requests.rotateWebhookSecret({ id: endpoint.id })).code).toBe("UNAUTHENTICATED");
    expect(await statusFor(endpoint.path, secret)).toBe(200);
    expect(await codeFor((await server.signInMember(owner, "ADMIN")).token)).toBeNull();
  });
});
