import { createHash, timingSafeEqual } from "node:crypto";
import { verifyStandardWebhook } from "./crypto/signatures.js";

/** Proof that a request comes from the relay. */
export interface RelayCredential {
  /** The `webhook-id`, by which a replay is known; null where a bearer came without one. */
  readonly webhookId: string | null;
  /** SHA-256 of the raw body, hex. */
  readonly bodyHash: string;
}

/** What a request brings along to prove that it is the relay's. */
export interface RelayRequest {
  readonly headers: {
    readonly authorization: string | undefined;
    readonly webhookId: string | undefined;
    readonly webhookTimestamp: string | undefined;
    readonly webhookSignature: string | undefined;
  };
  /** The bytes as they came: what was signed. */
  readonly rawBody: Buffer;
  readonly config: {
    readonly relayWebhookSecrets: readonly string[];
    readonly relayAuth: readonly ("signature" | "bearer")[];
  };
  readonly now: Date;
}

/** Whether the relay sent this, by a way that is still allowed; null for anyone else. */
export function checkRelay(request: RelayRequest): RelayCredential | null {
  const { headers, config } = request;
  const isSigned = config.relayAuth.includes("signature") && holdsSignature(request);
  if (!isSigned && !isRelayBearer(headers.authorization, config)) return null;
  const { webhookId } = request.headers;
  return {
    webhookId: isWebhookId(webhookId) ? webhookId : null,
    bodyHash: createHash("sha256").update(request.rawBody).digest("hex"),
  };
}

const isWebhookId = (id: string | undefined): id is string => id !== undefined && /^[\x20-\x7e]{1,256}$/.test(id);

function holdsSignature({ headers, rawBody, config, now }: RelayRequest): boolean {
  const { webhookId: id, webhookTimestamp: timestamp, webhookSignature: signature } = headers;
  if (!isWebhookId(id) || timestamp === undefined || signature === undefined) return false;
  return verifyStandardWebhook({ id, timestamp, signature, body: rawBody, secrets: config.relayWebhookSecrets, now });
}

/** Whether a request is the relay's by the bare secret, where that is still allowed: no user's token, then. */
export function isRelayBearer(authorization: string | undefined, config: RelayRequest["config"]): boolean {
  return config.relayAuth.includes("bearer") && isSecret(authorization, config);
}

/** Compares hashes, so that neither the length nor the beginning of a secret shows in the time taken. */
function isSecret(authorization: string | undefined, config: RelayRequest["config"]): boolean {
  const [, given] = /^Bearer (.+)$/i.exec(authorization ?? "") ?? [];
  if (given === undefined) return false;
  const matches = config.relayWebhookSecrets.filter((secret) => timingSafeEqual(sha256(secret), sha256(given)));
  return matches.length > 0;
}

const sha256 = (text: string) => createHash("sha256").update(text, "utf8").digest();
