import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ingestBody, post, signedHeaders } from "../support/relay-requests.js";
import { newPhone, startTestServer, type TestServer } from "../support/server.js";

const secret = `whsec_${Buffer.from("an alert secret for tests, 32 by").toString("base64")}`;
const confirm = "mutation($input: ConfirmVerificationInput!) { confirmVerification(input: $input) { expiresAt } }";

describe("alerts", () => {
  const received: { type: string; data: Record<string, unknown> }[] = [];
  const receiver = createServer(async (request, response) => {
    const body = await text(request);
    received.push(new Webhook(secret).verify(body, request.headers as Record<string, string>) as (typeof received)[0]);
    response.end();
  });
  let server: TestServer;
  beforeAll(async () => {
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    server = await startTestServer({ ALERT_WEBHOOK_URL: url, ALERT_WEBHOOK_SECRET: secret, ALERT_FAILURES: "10" });
  });
  afterAll(async () => {
    receiver.close();
    await server.close();
  });
  const spikes = (failure: string) => received.filter(({ data }) => data.failure === failure);
  const arrived = (failure: string) => vi.waitFor(() => expect(spikes(failure)).toHaveLength(1), 20_000);

  it("come once for a spike of wrong codes, while honest sign-ins go on", async () => {
    const guess = () => server.graphql(confirm, { input: { phone: newPhone(), code: "000000" } });
    await Promise.all(Array.from({ length: 9 }, guess));
    expect(received).toEqual([]);
    const [honest] = await Promise.all([server.signIn(), ...Array.from({ length: 40 }, guess)]);
    expect(honest.token).toBeTruthy();
    await arrived("code");
    expect(spikes("code")[0]).toEqual({
      type: "cloakroom.failure_spike",
      timestamp: expect.any(String),
      data: { failure: "code", failures: 10, windowSeconds: 300 },
    });
    expect(server.output().match(/"msg":"alert"/g)).toHaveLength(1);
  });

  it("come for refused tokens and refused relay signatures", async () => {
    const body = ingestBody({ text: "canary of a forged message" });
    for (let tries = 0; tries < 12; tries++) {
      await server.graphql("{ me { id } }", {}, { token: "canary.of.a.token" });
      await post(server.url, body, { ...signedHeaders(body), "webhook-signature": "v1,AAAA" });
    }
    await arrived("access_token");
    await arrived("relay_signature");
    expect(JSON.stringify(received)).not.toContain("canary");
  });

  it("come at once where a webhook-id returns with another body", async () => {
    const [first, second] = [ingestBody({ text: "one" }), ingestBody({ text: "two" })];
    expect((await post(server.url, first, signedHeaders(first, { id: "same" }))).code).toBe(null);
    expect((await post(server.url, second, signedHeaders(second, { id: "same" }))).code).toBe("CONFLICT");
    await vi.waitFor(() => expect(received.map(({ type }) => type)).toContain("cloakroom.relay_conflict"), 20_000);
  });

  it("come at once where an audit log no longer fits together", async () => {
    const person = await server.signIn();
    const create = "mutation($input: CreateTableInput!) { createTable(input: $input) { id } }";
    const input = { organizationId: person.organizationId, name: "T" };
    await server.graphql(create, { input }, { token: person.token });
    await server.admin.query("alter table cloakroom.audit_events disable trigger all");
    await server.admin.query("update cloakroom.audit_events set reason = 'never said'");
    const verify = "mutation($id: ID!) { verifyAuditLog(organizationId: $id) { valid } }";
    await server.graphql(verify, { id: person.organizationId }, { token: person.token });
    await vi.waitFor(() => expect(received.map(({ type }) => type)).toContain("cloakroom.audit_chain_broken"), 20_000);
  });
});
