import { createHmac, randomBytes } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { type SignedDelivery, verifyStandardWebhook } from "../../../src/services/crypto/signatures.js";

const secret = `whsec_${randomBytes(24).toString("base64")}`;
const now = new Date("2026-11-20T12:00:00Z");
const seconds = now.getTime() / 1000;
const payload = '{"text":"hé 🔐"}';

function delivery(changes: Partial<SignedDelivery> = {}, at = now): SignedDelivery {
  const signature = new Webhook(secret).sign("msg_1", at, payload);
  const timestamp = String(Math.floor(at.getTime() / 1000));
  return { id: "msg_1", timestamp, signature, body: Buffer.from(payload), secrets: [secret], now, ...changes };
}

function signedBy(key: Buffer, id: string, timestamp: string, body: string): string {
  return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
}

describe("a Standard Webhooks signature", () => {
  it("made by the reference library is accepted", () => {
    expect(verifyStandardWebhook(delivery())).toBe(true);
  });

  it.each([-300, 300])("is accepted %i seconds off", (offset) => {
    expect(verifyStandardWebhook(delivery({}, new Date(now.getTime() + offset * 1000)))).toBe(true);
  });

  it.each([-301, 301])("is refused %i seconds off", (offset) => {
    expect(verifyStandardWebhook(delivery({}, new Date(now.getTime() + offset * 1000)))).toBe(false);
  });

  it("covers the id, the timestamp and the body to the byte", () => {
    expect(verifyStandardWebhook(delivery({ id: "msg_2" }))).toBe(false);
    expect(verifyStandardWebhook(delivery({ timestamp: String(seconds + 1) }))).toBe(false);
    expect(verifyStandardWebhook(delivery({ body: Buffer.from(`${payload} `) }))).toBe(false);
  });

  it("may stand anywhere among several", () => {
    const { signature } = delivery();
    expect(verifyStandardWebhook(delivery({ signature: `v1,AAAA v1a,xyz ${signature}` }))).toBe(true);
    expect(verifyStandardWebhook(delivery({ signature: `${signature} v1,AAAA` }))).toBe(true);
    expect(verifyStandardWebhook(delivery({ signature: "v1,AAAA v1,BBBB" }))).toBe(false);
  });

  it("may be made with either secret while one replaces the other", () => {
    expect(verifyStandardWebhook(delivery({ secrets: ["whsec_b2xk", secret] }))).toBe(true);
    expect(verifyStandardWebhook(delivery({ secrets: ["whsec_b2xk"] }))).toBe(false);
    expect(verifyStandardWebhook(delivery({ secrets: [] }))).toBe(false);
  });

  it("is of version 1 alone", () => {
    const { signature } = delivery();
    for (const other of [
      signature.replace("v1,", "v2,"),
      signature.replace("v1,", ""),
      signature.slice(0, -1),
      "",
      "v1,",
    ])
      expect(verifyStandardWebhook(delivery({ signature: other })), other).toBe(false);
  });

  it.each(["my relay secret, longer than 32 characters: é", "whsec_not base64!"])("takes %j as its bytes", (text) => {
    const signature = signedBy(Buffer.from(text, "utf8"), "msg_1", String(seconds), payload);
    expect(verifyStandardWebhook(delivery({ signature, secrets: [text] }))).toBe(true);
  });

  it("is never accepted under an empty secret", () => {
    const signature = signedBy(Buffer.alloc(0), "msg_1", String(seconds), payload);
    for (const empty of ["", "whsec_"])
      expect(verifyStandardWebhook(delivery({ signature, secrets: [empty] }))).toBe(false);
  });

  it("is refused with a timestamp that is not canonical decimal seconds, signed or not", () => {
    const key = Buffer.from(secret.slice(6), "base64");
    for (const timestamp of [
      `${seconds}abc`,
      `0${seconds}`,
      `+${seconds}`,
      ` ${seconds}`,
      `${seconds}.0`,
      "1e9",
      "",
      "-1",
    ]) {
      const signature = signedBy(key, "msg_1", timestamp, payload);
      expect(verifyStandardWebhook(delivery({ timestamp, signature })), timestamp).toBe(false);
    }
  });

  it("does not let part of the id be read as timestamp", () => {
    const key = Buffer.from(secret.slice(6), "base64");
    const signature = signedBy(key, "msg_1", String(seconds), `${seconds}.rest`);
    const shifted = { id: `msg_1.${seconds}`, timestamp: String(seconds), body: Buffer.from("rest"), signature };
    expect(verifyStandardWebhook(delivery({ body: Buffer.from(`${seconds}.rest`), signature }))).toBe(true);
    expect(verifyStandardWebhook(delivery(shifted))).toBe(false);
  });

  it("needs an id", () => {
    const signature = signedBy(Buffer.from(secret.slice(6), "base64"), "", String(seconds), payload);
    expect(verifyStandardWebhook(delivery({ id: "", signature }))).toBe(false);
  });
});
