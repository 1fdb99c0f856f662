/**
 * Hands one message to Cloakroom as a message relay does: signed as Standard Webhooks. Node alone, no packages.
 *
 *     RELAY_WEBHOOK_SECRET=whsec_… npx tsx examples/relay-typescript/relay.ts http://127.0.0.1:4000 +15551234567 Hello
 */
import { createHmac, randomUUID } from "node:crypto";
import process from "node:process";
import { pathToFileURL } from "node:url";

export interface RelayedMessage {
  /** The relay's own id; the same id twice is stored once. */
  readonly messageId?: string;
  readonly chatGuid: string;
  readonly mode: "DIRECT" | "GROUP";
  readonly sender: string;
  readonly text: string;
  /** Unix time in seconds. */
  readonly timestamp: number;
  /** Everyone in the chat; in a group whoever is missing has left. */
  readonly participants: readonly string[];
  /** Written by the account that the relay runs on. */
  readonly isFromMe?: boolean;
}

export interface Ingested {
  readonly messageId: string;
  readonly conversationId: string;
  readonly duplicate: boolean;
  readonly reply: string | null;
}

const mutation = `mutation IngestMessage($input: IngestMessageInput!) {
  ingestMessage(input: $input) { messageId conversationId duplicate reply }
}`;

/** `whsec_` and base64 is the Standard Webhooks form; any other string signs with its own bytes. */
function signingKey(secret: string): Buffer {
  return secret.startsWith("whsec_") ? Buffer.from(secret.slice("whsec_".length), "base64") : Buffer.from(secret);
}

/** A sender that tries again sends the same id and body, with a new timestamp and signature. */
export function signedHeaders(secret: string, body: string, webhookId: string): Record<string, string> {
  const timestamp = Math.floor(Date.now() / 1000);
  const signature = createHmac("sha256", signingKey(secret))
    .update(`${webhookId}.${timestamp}.${body}`)
    .digest("base64");
  return {
    "content-type": "application/json",
    "webhook-id": webhookId,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": `v1,${signature}`,
  };
}

/** @throws Error with the server's own words */
export async function ingest(
  url: string,
  secret: string,
  message: RelayedMessage,
  webhookId = `msg_${randomUUID()}`,
): Promise<Ingested> {
  const body = JSON.stringify({ query: mutation, variables: { input: message } });
  const headers = signedHeaders(secret, body, webhookId);
  const response = await fetch(`${url}/graphql`, { method: "POST", headers, body });
  const answer = (await response.json()) as { data?: { ingestMessage: Ingested }; errors?: { message: string }[] };
  const [refusal] = answer.errors ?? [];
  if (refusal || !answer.data) throw new Error(refusal?.message ?? `The server answered ${response.status}.`);
  return answer.data.ingestMessage;
}

async function main(): Promise<void> {
  const [url, sender, text] = process.argv.slice(2);
  const [secret] = (process.env.RELAY_WEBHOOK_SECRET ?? "").split(",");
  if (!url || !sender || !text || !secret) throw new Error("Give RELAY_WEBHOOK_SECRET, and: <url> <sender> <text>");
  const ingested = await ingest(url, secret, {
    messageId: randomUUID(),
    chatGuid: `iMessage;-;${sender}`,
    mode: "DIRECT",
    sender,
    text,
    timestamp: Date.now() / 1000,
    participants: [sender],
  });
  console.log(JSON.stringify(ingested));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
