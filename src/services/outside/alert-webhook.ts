import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { signStandardWebhook } from "../crypto/signatures.js";
import type { AlertReceiver } from "./alert-receiver.js";

export interface AlertWebhookParts {
  /** ALERT_WEBHOOK_URL. */
  readonly url: string;
  /** ALERT_WEBHOOK_SECRET. */
  readonly secret: string;
  readonly pausesMilliseconds?: readonly number[];
}

const patienceMilliseconds = 5_000;

/**
 * Posts alerts as Standard Webhooks: `{"type": "cloakroom.<alert>", "timestamp", "data"}`, signed with the secret. Tries
 * again under the same webhook-id, so that a receiver that keeps ids takes it once. Follows no redirect.
 */
export function createAlertWebhook({
  url,
  secret,
  pausesMilliseconds = [1_000, 10_000, 60_000],
}: AlertWebhookParts): AlertReceiver {
  const post = async (id: string, body: string): Promise<boolean> => {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = signStandardWebhook({ id, timestamp, body: Buffer.from(body), secret });
    const headers = {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": signature,
    };
    const signal = AbortSignal.timeout(patienceMilliseconds);
    const response = await fetch(url, { method: "POST", headers, body, signal, redirect: "manual" }).catch(() => null);
    await response?.body?.cancel().catch(() => undefined);
    return response?.ok ?? false;
  };
  return {
    async deliver({ alert, ...data }, id = `msg_${randomUUID()}`) {
      const body = JSON.stringify({ type: `cloakroom.${alert}`, timestamp: new Date().toISOString(), data });
      for (const pause of [0, ...pausesMilliseconds]) {
        if (pause > 0) await wait(pause, undefined, { ref: false });
        if (await post(id, body)) return;
      }
      throw new Error("The alert webhook did not take the alert.");
    },
  };
}
