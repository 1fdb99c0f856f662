/**
 * Receives Cloakroom's alerts: checks that they are signed, fresh and new, and prints them. Node alone, no packages.
 *
 *     ALERT_WEBHOOK_SECRET=whsec_… npx tsx examples/alert-receiver/receiver.ts 8080
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import process from "node:process";
import { buffer } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const toleranceSeconds = 300;

/** `whsec_` and base64 is the Standard Webhooks form; any other string signs with its own bytes. */
function signingKey(secret: string): Buffer {
  return secret.startsWith("whsec_") ? Buffer.from(secret.slice("whsec_".length), "base64") : Buffer.from(secret);
}

/** Whether a delivery was signed with the secret, over these very bytes, within the last five minutes. */
export function isGenuine(headers: IncomingHttpHeaders, body: Buffer, secret: string): boolean {
  const [id, timestamp, signatures] = ["id", "timestamp", "signature"].map((name) =>
    String(headers[`webhook-${name}`]),
  );
  const isFresh = Math.abs(Date.now() / 1000 - Number(timestamp)) <= toleranceSeconds;
  if (!isFresh) return false;
  const signed = createHmac("sha256", signingKey(secret)).update(`${id}.${timestamp}.`).update(body).digest("base64");
  const expected = Buffer.from(`v1,${signed}`);
  const given = (signatures ?? "").split(" ").map((one) => Buffer.from(one));
  return given.some((one) => one.length === expected.length && timingSafeEqual(one, expected));
}

export interface Alert {
  /** `cloakroom.` and its kind. */
  readonly type: string;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Takes each alert once: a delivery that was answered too late comes again under the same id. */
export function createReceiver(secret: string, onAlert: (alert: Alert) => void): Server {
  const taken = new Set<string>();
  return createServer(async (request, response) => {
    const body = await buffer(request);
    const id = String(request.headers["webhook-id"]);
    if (!isGenuine(request.headers, body, secret)) {
      response.writeHead(401).end();
      return;
    }
    if (!taken.has(id)) onAlert(JSON.parse(body.toString("utf8")) as Alert);
    taken.add(id);
    const [oldest] = taken;
    if (taken.size > 1000 && oldest !== undefined) taken.delete(oldest);
    response.writeHead(204).end();
  });
}

function main(): void {
  const secret = process.env.ALERT_WEBHOOK_SECRET;
  const port = Number(process.argv[2]);
  if (!secret || !port) throw new Error("Give ALERT_WEBHOOK_SECRET, and: <port>");
  createReceiver(secret, (alert) => console.log(JSON.stringify(alert))).listen(port, "127.0.0.1");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) main();
