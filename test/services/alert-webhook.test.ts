import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, it } from "vitest";
import { createAlertWebhook } from "../../src/services/outside/alert-webhook.js";

const secret = `whsec_${Buffer.from("an alert secret for tests, 32 by").toString("base64")}`;
const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => void close()));

/** A receiver that answers with the given statuses, one after the other, the last for ever. */
async function receiver(...statuses: number[]) {
  const deliveries: { headers: Record<string, string>; body: string }[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    const status = statuses[Math.min(deliveries.length, statuses.length - 1)] ?? 200;
    deliveries.push({ headers: request.headers as Record<string, string>, body: await text(request) });
    response.writeHead(status, { location: "/elsewhere" }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/alerts`;
  return { deliveries, webhook: createAlertWebhook({ url, secret, pausesMilliseconds: [5, 5] }) };
}

describe("the alert webhook", () => {
  it("posts what the library standardwebhooks verifies", async () => {
    const { webhook, deliveries } = await receiver(200);
    await webhook.deliver({ alert: "failure_spike", failure: "code", failures: 20 });
    const [{ headers, body } = { headers: {}, body: "" }] = deliveries;
    expect(new Webhook(secret).verify(body, headers)).toMatchObject({
      type: "cloakroom.failure_spike",
      data: { failure: "code", failures: 20 },
    });
  });

  it("tries again under the same id until it is taken", async () => {
    const { webhook, deliveries } = await receiver(500, 503, 204);
    await webhook.deliver({ alert: "relay_conflict" });
    expect(new Set(deliveries.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(deliveries).toHaveLength(3);
  });

  it("follows no redirect and gives up in the end", async () => {
    const { webhook, deliveries } = await receiver(302);
    await expect(webhook.deliver({ alert: "relay_conflict" })).rejects.toThrow("did not take");
    expect(deliveries).toHaveLength(3);
  });
});
