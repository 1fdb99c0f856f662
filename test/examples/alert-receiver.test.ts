import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Alert, createReceiver } from "../../examples/alert-receiver/receiver.js";
import { signStandardWebhook } from "../../src/services/crypto/signatures.js";
import { startTestServer, type TestServer } from "../support/server.js";

const secret = `whsec_${Buffer.from("an alert secret for tests, 32 by").toString("base64")}`;

describe("the example receiver of alerts", () => {
  const received: Alert[] = [];
  const receiver = createReceiver(secret, (alert) => void received.push(alert));
  let url: string;
  let server: TestServer;
  beforeAll(async () => {
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    server = await startTestServer({ ALERT_WEBHOOK_URL: url, ALERT_WEBHOOK_SECRET: secret, ALERT_FAILURES: "3" });
  });
  afterAll(async () => {
    receiver.close();
    await server.close();
  });

  it("takes the server's alert", async () => {
    for (let tries = 0; tries < 3; tries++) await server.graphql("{ me { id } }", {}, { token: "no.such.token" });
    await vi.waitFor(() => expect(received.map(({ type }) => type)).toEqual(["cloakroom.failure_spike"]), 20_000);
  });

  it("takes a delivery once, and refuses one that is old, changed or signed by somebody else", async () => {
    const deliver = async (id: string, changes: { sent?: string; secondsAgo?: number; by?: string } = {}) => {
      const body = JSON.stringify({ type: "cloakroom.test", timestamp: "", data: {} });
      const timestamp = String(Math.floor(Date.now() / 1000) - (changes.secondsAgo ?? 0));
      const signature = signStandardWebhook({ id, timestamp, body: Buffer.from(body), secret: changes.by ?? secret });
      const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature };
      return (await fetch(url, { method: "POST", headers, body: changes.sent ?? body })).status;
    };
    const before = received.length;
    expect([await deliver("a"), await deliver("a")]).toEqual([204, 204]);
    expect(received).toHaveLength(before + 1);
    const refused = [{ secondsAgo: 400 }, { sent: "{}" }, { by: "another secret of 32 characters !" }];
    for (const changes of refused) expect(await deliver("b", changes)).toBe(401);
    expect((await fetch(url, { method: "POST", body: "{}" })).status).toBe(401);
    expect(received).toHaveLength(before + 1);
  });
});
