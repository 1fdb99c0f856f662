import type { NewWebhookEndpoint, WebhookEndpoint, WebhookEvent } from "../database/contract.generated.js";
import type { Caller, Database } from "../database/port.js";

/** How the sender signs: Standard Webhooks, or as GitHub or Stripe do. */
export const webhookStyles = ["STANDARD", "GITHUB", "STRIPE"] as const;
export type WebhookStyle = (typeof webhookStyles)[number];

export interface WebhookEndpointRecord extends Omit<WebhookEndpoint, "style"> {
  readonly style: WebhookStyle;
}

/** An event whose payload can be read as it came and as what JSON makes of it; one of the two was fetched. */
export interface WebhookEventRecord extends Omit<WebhookEvent, "messageId" | "rawPayload"> {
  readonly messageId: string;
  /** Null where the page was not asked for as text. */
  readonly rawPayload: string | null;
}

/** The secret is in the open: it goes into the answer and nowhere else. */
export interface WebhookEndpointAndSecret {
  readonly endpoint: WebhookEndpointRecord;
  readonly secret: string;
}

/** What a delivery that verified has come to. */
export interface WebhookReceipt {
  readonly eventId: string;
  /** False where this delivery had come before. */
  readonly isNew: boolean;
}

/** A request to an endpoint's address, as it came. */
export interface WebhookDelivery {
  readonly endpointId: string;
  readonly headers: Readonly<Record<string, unknown>>;
  /** At most 1 MiB. */
  readonly body: Buffer;
}

/** `limit` counts one event more than the page has, which comes unopened: it says whether there is another. */
export interface WebhookEventPage {
  readonly limit: number;
  /** Sequence of the last one seen. */
  readonly after: number | null;
  /** Payloads as they came, to the character. */
  readonly asText: boolean;
}

/** What the three styles sign with, and GitHub's type of event; no other header is looked at, or leaves this process. */
const readHeaders = [
  "webhook-id",
  "webhook-timestamp",
  "webhook-signature",
  "x-github-delivery",
  "x-github-event",
  "x-hub-signature-256",
  "stripe-signature",
] as const;

const idOfNothing = "00000000-0000-0000-0000-000000000000";

/** Signed inbound webhooks. Endpoints and events are for ADMINs: FORBIDDEN below, NOT_FOUND for strangers. */
export function createWebhooks(database: Database) {
  return {
    /** Oldest first. */
    async webhookEndpoints(caller: Caller, organizationId: string): Promise<WebhookEndpointRecord[]> {
      return (await database.call("webhook_endpoints", { organizationId }, caller)) as WebhookEndpointRecord[];
    },
    async webhookEndpoint(caller: Caller, id: string): Promise<WebhookEndpointRecord> {
      return (await database.call("webhook_endpoint_by_id", { id }, caller)) as WebhookEndpointRecord;
    },
    /** Of each endpoint newest first, payloads opened; a cursor is the event's sequence. */
    async webhookEvents(
      caller: Caller,
      endpointIds: readonly string[],
      { limit, after, asText }: WebhookEventPage,
    ): Promise<WebhookEventRecord[]> {
      const args = { webhookEndpointIds: endpointIds, first: limit - 1, after, asText };
      const events = (await database.call("webhook_events", args, caller)) as WebhookEventRecord[];
      return asText ? events.map(readable) : events;
    },
    /** @throws BAD_USER_INPUT `input.name`, `input.secret` */
    async addWebhookEndpoint(
      caller: Caller,
      input: {
        readonly organizationId: string;
        readonly name: string;
        readonly secret?: string | null | undefined;
        readonly style: WebhookStyle;
      },
    ): Promise<WebhookEndpointAndSecret> {
      const { organizationId, name, secret = null, style } = input;
      return opened(await database.call("add_webhook_endpoint", { organizationId, name, secret, style }, caller));
    },
    /** The secret before signs on for `overlapSeconds`. @throws BAD_USER_INPUT `input.secret`, `input.overlapSeconds` */
    async rotateWebhookSecret(
      caller: Caller,
      input: { readonly id: string; readonly secret?: string | null | undefined; readonly overlapSeconds: number },
    ): Promise<WebhookEndpointAndSecret> {
      const { id: webhookEndpointId, secret = null, overlapSeconds } = input;
      return opened(
        await database.call("rotate_webhook_secret", { webhookEndpointId, secret, overlapSeconds }, caller),
      );
    },
    /** Its secrets and events go with it. */
    deleteWebhookEndpoint: (caller: Caller, id: string): Promise<boolean> =>
      database.call("delete_webhook_endpoint", { webhookEndpointId: id }, caller),

    /**
     * Verifies one delivery in the database and stores its payload.
     * @returns its event, the same one each time this delivery comes; null for a wrong signature and for no such endpoint
     * alike @throws of what verified alone: CONFLICT where the id came with another body before; BAD_USER_INPUT
     * for a body that is no payload
     */
    async receive(server: Caller, { endpointId, headers, body }: WebhookDelivery): Promise<WebhookReceipt | null> {
      const read = readHeaders.filter((name) => typeof headers[name] === "string");
      const args = {
        // What is no id goes the way of an unknown one, and takes as long.
        webhookEndpointId: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(endpointId) ? endpointId : idOfNothing,
        headers: Object.fromEntries(read.map((name) => [name, headers[name]])),
        body: body.toString("base64"),
      };
      const { outcome, eventId } = await database.call("receive_webhook", args, server);
      return eventId === null ? null : { eventId, isNew: outcome === "received" };
    },
  };
}

/** Parsed when it is asked for, since most who want the text want nothing else; and once, under however many names. */
function readable(event: WebhookEventRecord): WebhookEventRecord {
  let parsed: WebhookEventRecord["payload"];
  return {
    ...event,
    get payload() {
      parsed ??= JSON.parse(event.rawPayload ?? "null");
      return parsed;
    },
  };
}

const opened = (made: NewWebhookEndpoint) => made as WebhookEndpointAndSecret;
