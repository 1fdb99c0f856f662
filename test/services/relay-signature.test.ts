import { createHash } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { checkRelay, type RelayRequest } from "../../src/services/relay-signature.js";

const secret = `whsec_${Buffer.from("a relay secret for tests, 32 byte").toString("base64")}`;
const newSecret = `whsec_${Buffer.from("the secret that comes after it 32").toString("base64")}`;
const body = '{"query":"mutation { ingestMessage }"}';
const now = new Date();
const bodyHash = createHash("sha256").update(body).digest("hex");
const none = {
  authorization: undefined,
  webhookId: undefined,
  webhookTimestamp: undefined,
  webhookSignature: undefined,
};

function signed(id: string, at = now, by = secret) {
  const webhookSignature = new Webhook(by).sign(id, at, body);
  return { ...none, webhookId: id, webhookTimestamp: String(Math.floor(at.getTime() / 1000)), webhookSignature };
}

function check(
  headers: Partial<RelayRequest["headers"]>,
  relayAuth: RelayRequest["config"]["relayAuth"] = ["signature"],
  text = body,
) {
  const config = { relayWebhookSecrets: [secret, newSecret], relayAuth };
  return checkRelay({ headers: { ...none, ...headers }, rawBody: Buffer.from(text), config, now });
}

describe("the relay", () => {
  it("is known by a signature that the standardwebhooks package made, under either secret", () => {
    expect(check(signed("msg-1"))).toEqual({ webhookId: "msg-1", bodyHash });
    expect(check(signed("msg-2", now, newSecret))).toEqual({ webhookId: "msg-2", bodyHash });
  });

  it("is not known by a signature over another body, another id, or made six minutes ago", () => {
    expect(check(signed("msg-1"), ["signature"], `${body} `)).toBeNull();
    expect(check({ ...signed("msg-1"), webhookId: "msg-2" })).toBeNull();
    expect(check(signed("msg-1", new Date(now.getTime() - 360_000)))).toBeNull();
    expect(check({ ...signed("msg-1"), webhookSignature: undefined })).toBeNull();
  });

  it("is not known by an id of over 256 characters, however well it is signed", () => {
    expect(check(signed("x".repeat(256)))).not.toBeNull();
    expect(check(signed("x".repeat(257)))).toBeNull();
  });

  it("is known by the bare secret only where bearer is allowed, and then by the webhook-id that it may bring", () => {
    const bearer = { authorization: `Bearer ${secret}` };
    expect(check(bearer)).toBeNull();
    expect(check(bearer, ["bearer"])).toEqual({ webhookId: null, bodyHash });
    expect(check({ ...bearer, webhookId: "msg-1" }, ["bearer"])).toEqual({ webhookId: "msg-1", bodyHash });
    expect(check({ authorization: `Bearer ${newSecret}` }, ["signature", "bearer"])).toEqual({
      webhookId: null,
      bodyHash,
    });
    expect(check({ authorization: `Bearer ${secret}x` }, ["bearer"])).toBeNull();
    expect(check({}, ["bearer"])).toBeNull();
  });

  it("is not known by its signature where only bearer is allowed", () => {
    expect(check(signed("msg-1"), ["bearer"])).toBeNull();
  });
});
