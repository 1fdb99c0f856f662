import { createHmac, timingSafeEqual } from "node:crypto";

const toleranceSeconds = 300;

/** A delivery as it came: the three `webhook-` headers and the untouched body. */
export interface SignedDelivery {
  readonly id: string;
  /** Unix seconds, in decimal. */
  readonly timestamp: string;
  /** One or more of `v1,<base64>`, space-separated. */
  readonly signature: string;
  readonly body: Buffer;
  /** Any of them may have signed. `whsec_` + base64, or any other string, whose UTF-8 bytes are then the key. */
  readonly secrets: readonly string[];
  readonly now: Date;
}

/**
 * Whether one of the secrets signed this delivery within five minutes of `now` (Standard Webhooks 1.0). Never throws.
 * A repeated delivery passes again: replays are the inbox's to refuse.
 */
export function verifyStandardWebhook(delivery: SignedDelivery): boolean {
  const { id, timestamp, signature, body, secrets, now } = delivery;
  if (!isUnambiguous(id) || !isTimely(timestamp, now)) return false;
  const content = Buffer.concat([Buffer.from(`${id}.${timestamp}.`, "utf8"), body]);
  const expected = secrets
    .map(signingKey)
    .filter(isUsable)
    .map((key) => sign(content, key));
  const given = signature.split(" ").map((part) => Buffer.from(part, "utf8"));
  // Every pair is compared, so that the time taken does not tell which secret or which signature was the right one.
  let matches = 0;
  for (const one of expected)
    for (const other of given) if (one.length === other.length && timingSafeEqual(one, other)) matches += 1;
  return matches > 0;
}

/** The `webhook-signature` of a delivery of ours (Standard Webhooks 1.0). */
export function signStandardWebhook(
  delivery: Pick<SignedDelivery, "id" | "timestamp" | "body"> & { readonly secret: string },
): string {
  const { id, timestamp, body, secret } = delivery;
  const content = Buffer.concat([Buffer.from(`${id}.${timestamp}.`, "utf8"), body]);
  return sign(content, signingKey(secret)).toString("utf8");
}

/**
 * The signed text is `id.timestamp.body`: an id that itself ends in a timestamp would let part of a captured delivery's
 * header be read as body, or the other way round.
 */
function isUnambiguous(id: string): boolean {
  return id !== "" && !/\.\d{9,11}$/.test(id);
}

/** Only canonical decimal seconds: parseInt would take "123abc", and a second spelling is a second signature to try. */
function isTimely(timestamp: string, now: Date): boolean {
  if (!/^[1-9]\d{0,11}$/.test(timestamp)) return false;
  return Math.abs(Number(timestamp) - Math.floor(now.getTime() / 1000)) <= toleranceSeconds;
}

function signingKey(secret: string): Buffer {
  const encoded = secret.startsWith("whsec_") ? secret.slice("whsec_".length) : null;
  const isBase64 = encoded !== null && /^[A-Za-z0-9+/]+={0,2}$/.test(encoded);
  return isBase64 ? Buffer.from(encoded, "base64") : Buffer.from(secret, "utf8");
}

/** An empty key would let anyone sign. */
function isUsable(key: Buffer): boolean {
  return key.length > 0;
}

function sign(content: Buffer, key: Buffer): Buffer {
  return Buffer.from(`v1,${createHmac("sha256", key).update(content).digest("base64")}`, "utf8");
}
