import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { refused, unknownIds } from "../support/requests.js";
import { startTestServer, type TestServer } from "../support/server.js";
import { canariesIn, tableDump } from "../support/table-dump.js";
import { type WebhookRequests, webhooksOf } from "../support/webhooks.js";

const base64 = (length: number) => Buffer.alloc(length, "canary-of-a-secret-").toString("base64");
const canary = "canary-of-a-secret";

describe("addWebhookEndpoint", () => {
  let server: TestServer;
  let requests: WebhookRequests;
  beforeAll(async () => {
    server = await startTestServer();
    requests = webhooksOf(server);
  });
  afterAll(() => server.close());

  test("makes a hundred endpoints an organization, also when many are asked for at once", async () => {
    const { organizationId, token } = await server.signIn();
    const add = () => requests.addWebhookEndpoint({ organizationId, name: "many" }, { token });
    const counted = await Promise.all(Array.from({ length: 110 }, add));
    const refusals = counted.filter(({ code }) => code !== null);
    expect(refusals.map(({ code }) => code)).toEqual(Array(10).fill("BAD_USER_INPUT"));
    expect(refusals[0]?.errors[0]?.message).toBe("An organization has at most 100 webhook endpoints.");
    const { data } = await requests.webhookEndpoints(organizationId, { token });
    await requests.deleteWebhookEndpoint(data.webhookEndpoints[0]?.id ?? "", { token });
    expect((await add()).code).toBeNull();
  });

  test("makes a secret of 32 random bytes, answers it this once, records it, and leaks it nowhere", async () => {
    const { organizationId, token, userId } = await server.signIn();
    const secrets: string[] = [];
    for (const style of ["STANDARD", "GITHUB", "STRIPE"]) {
      const { data } = await requests.addWebhookEndpoint({ organizationId, name: " of CI ", style }, { token });
      const { endpoint, secret } = data.addWebhookEndpoint;
      expect(endpoint).toMatchObject({ organizationId, name: "of CI", style, path: `/hooks/${endpoint.id}` });
      expect([endpoint.lastDeliveryAt, endpoint.previousSecretUntil]).toEqual([null, null]);
      expect(secret).toMatch(style === "GITHUB" ? /^[\w-]{43}$/ : /^whsec_[A-Za-z0-9+/]{43}=$/);
      secrets.push(secret);
      const { rows } = await server.admin.query(
        "select action, actor_id, target_type, details from cloakroom.audit_events where target_id = $1",
        [endpoint.id],
      );
      const details = { name: "of CI", style };
      expect(rows).toEqual([
        { action: "WEBHOOK_ENDPOINT_ADDED", actor_id: userId, target_type: "webhook_endpoint", details },
      ]);
    }
    expect(new Set(secrets).size).toBe(3);
    const { text } = await requests.webhookEndpoints(organizationId, { token });
    const { text: log } = await server.graphql(
      "query($id: ID!) { auditEvents(organizationId: $id) { nodes { action details } } }",
      { id: organizationId },
      { token },
    );
    const seen = text + log + server.output() + (await tableDump(server.admin));
    expect(canariesIn(seen, [...secrets, ...secrets.map((secret) => secret.slice(6, -1))])).toEqual([]);
  });

  test("takes a secret of one's own, to the character, in the form of its style", async () => {
    const { organizationId, token } = await server.signIn();
    const own: [string, string][] = [
      ["STANDARD", `whsec_${base64(24)}`],
      ["STANDARD", `whsec_${base64(32).replace("=", "")}`],
      ["STANDARD", `whsec_${base64(64)}`],
      ["GITHUB", "16 characters,ok"],
      ["GITHUB", "schlüssel mit Ümläuten"],
      ["STRIPE", "whsec_of-stripe-itself-which-is-no-base64"],
      ["STRIPE", "x".repeat(512)],
    ];
    for (const [style, secret] of own) {
      const answer = await requests.addWebhookEndpoint({ organizationId, name: "own", style, secret }, { token });
      expect(answer.data?.addWebhookEndpoint.secret, answer.text).toBe(secret);
    }
  });

  const wrong: [string, Record<string, unknown>][] = [
    ["input.name", { name: " " }],
    ["input.name", { name: "x".repeat(201) }],
    ["input.secret", { secret: "" }],
    ["input.secret", { secret: canary }],
    ["input.secret", { secret: `whsec_${base64(23)}` }],
    ["input.secret", { secret: `whsec_${base64(65)}` }],
    ["input.secret", { secret: `whsec_${base64(32)}=` }],
    ["input.secret", { secret: ` whsec_${base64(32)}` }],
    ["input.secret", { secret: `whsec_${base64(32).replace(/[+/]|.$/, "-")}` }],
    ["input.secret", { secret: `whsec_${base64(25).replace(/.==$/, "h==")}` }],
    ["input.secret", { secret: { nested: canary } }],
    ["input.secret", { secret: "15 characters…", style: "GITHUB" }],
    ["input.secret", { secret: `${canary}${"x".repeat(512)}`, style: "STRIPE" }],
    ["input.secret", { secret: `${canary}\n`, style: "STRIPE" }],
    ["input.secret", { secret: `${canary} `, style: "GITHUB" }],
    ["input.secret", { secret: `${canary}\u0000`, style: "GITHUB" }],
    ["input.style", { style: "SLACK" }],
  ];
  test("refuses bad input by field, quoting nothing of it, and keeps nothing", async () => {
    const { organizationId, token } = await server.signIn();
    const secretsIn = async () => (await server.admin.query("select count(*) from vault.secrets")).rows[0].count;
    const before = await secretsIn();
    for (const [field, changes] of wrong) {
      const answer = await requests.addWebhookEndpoint({ organizationId, name: "x", ...changes }, { token });
      expect(refused(answer), JSON.stringify(changes).slice(0, 80)).toEqual({ code: "BAD_USER_INPUT", field });
      expect(canariesIn(answer.text + server.output(), [canary])).toEqual([]);
    }
    expect((await requests.webhookEndpoints(organizationId, { token })).data.webhookEndpoints).toEqual([]);
    expect(await secretsIn()).toBe(before);
  });

  test("is FORBIDDEN below ADMIN, NOT_FOUND to strangers and UNAUTHENTICATED to nobody", async () => {
    const owner = await server.signIn();
    const add = async (token?: string, organizationId = owner.organizationId) =>
      (await requests.addWebhookEndpoint({ organizationId, name: "x" }, token ? { token } : {})).code;
    expect(await add((await server.signInMember(owner, "MEMBER")).token)).toBe("FORBIDDEN");
    expect(await add((await server.signInMember(owner, "ADMIN")).token)).toBeNull();
    expect(await add((await server.signIn()).token)).toBe("NOT_FOUND");
    expect(await add()).toBe("UNAUTHENTICATED");
    for (const id of unknownIds) expect(await add(owner.token, id)).toBe("NOT_FOUND");
  });
});
