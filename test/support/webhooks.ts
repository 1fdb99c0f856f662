import { createHmac, randomUUID } from "node:crypto";
import { Webhook } from "standardwebhooks";
import type { GraphqlAnswer, TestServer } from "./server.js";

export interface EndpointAnswer {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly style: string;
  readonly path: string;
  readonly createdAt: string;
  readonly lastDeliveryAt: string | null;
  readonly previousSecretUntil: string | null;
}
export interface EventAnswer {
  readonly id: string;
  readonly messageId: string;
  readonly eventType: string | null;
  readonly payload: unknown;
  readonly rawPayload: string;
  readonly receivedAt: string;
}
export interface EventsAnswer {
  readonly nodes: readonly EventAnswer[];
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean; readonly endCursor: string };
}
export interface NewEndpointAnswer {
  readonly endpoint: EndpointAnswer;
  readonly secret: string;
}

const endpoint = "{ id organizationId name style path createdAt lastDeliveryAt previousSecretUntil }";
const events =
  "{ nodes { id messageId eventType payload rawPayload receivedAt } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage endCursor } }";

type As = { token?: string };

/** The operations of webhook endpoints, with every field that they answer, and deliveries to them. */
export function webhooksOf({ graphql, url }: TestServer) {
  return {
    webhookEndpoints: (organizationId: string, as: As = {}) =>
      graphql<{ webhookEndpoints: EndpointAnswer[] }>(
        `query($id: ID!) { webhookEndpoints(organizationId: $id) ${endpoint} }`,
        { id: organizationId },
        as,
      ),
    webhookEndpoint: (id: string, as: As = {}) =>
      graphql<{ webhookEndpoint: EndpointAnswer }>(
        `query($id: ID!) { webhookEndpoint(id: $id) ${endpoint} }`,
        { id },
        as,
      ),
    events: async (organizationId: string, as: As, page: { first?: number; after?: string | null } = {}) => {
      const query = `query($id: ID!, $first: Int! = 50, $after: String) {
        webhookEndpoints(organizationId: $id) { id events(first: $first, after: $after) ${events} }
      }`;
      const answer = await graphql<{ webhookEndpoints: { id: string; events: EventsAnswer }[] }>(
        query,
        { id: organizationId, ...page },
        as,
      );
      if (answer.code) throw new Error(answer.text);
      return new Map(answer.data.webhookEndpoints.map(({ id, events }) => [id, events]));
    },
    addWebhookEndpoint: (input: unknown, as: As = {}) =>
      graphql<{ addWebhookEndpoint: NewEndpointAnswer }>(
        `mutation($input: AddWebhookEndpointInput!) { addWebhookEndpoint(input: $input) { endpoint ${endpoint} secret } }`,
        { input },
        as,
      ),
    rotateWebhookSecret: (input: unknown, as: As = {}) =>
      graphql<{ rotateWebhookSecret: NewEndpointAnswer }>(
        `mutation($input: RotateWebhookSecretInput!) { rotateWebhookSecret(input: $input) { endpoint ${endpoint} secret } }`,
        { input },
        as,
      ),
    deleteWebhookEndpoint: (id: string, as: As = {}): Promise<GraphqlAnswer<{ deleteWebhookEndpoint: boolean }>> =>
      graphql("mutation($id: ID!) { deleteWebhookEndpoint(id: $id) }", { id }, as),
    deliver: (path: string, body: string | Buffer, headers: Record<string, string>) =>
      deliver(`${url}${path}`, body, headers),
  };
}

export type WebhookRequests = ReturnType<typeof webhooksOf>;

export interface DeliveryAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly eventId: string | null;
}

export async function deliver(
  url: string,
  body: string | Buffer,
  headers: Record<string, string>,
): Promise<DeliveryAnswer> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: new Uint8Array(Buffer.from(body)),
  });
  const text = await response.text();
  const eventId = response.status === 200 ? (JSON.parse(text) as { eventId: string }).eventId : null;
  return { status: response.status, headers: response.headers, text, eventId };
}

interface Signing {
  readonly id?: string;
  readonly at?: Date;
}

const seconds = (at: Date) => String(Math.floor(at.getTime() / 1000));
const hexHmac = (secret: string, ...parts: (string | Buffer)[]) => {
  const hmac = createHmac("sha256", secret);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
};

/** Headers as the standardwebhooks package signs them. It takes strings alone: bytes that are no text have none. */
export const standardHeaders = (
  secret: string,
  body: string,
  { id = randomUUID(), at = new Date() }: Signing = {},
): Record<string, string> => ({
  "webhook-id": id,
  "webhook-timestamp": seconds(at),
  "webhook-signature": new Webhook(secret).sign(id, at, body),
});

/** As docs.github.com, "Validating webhook deliveries", has it. */
export const githubHeaders = (
  secret: string,
  body: string | Buffer,
  { id = randomUUID(), event = "push" }: Signing & { readonly event?: string } = {},
) => ({
  "x-github-delivery": id,
  "x-github-event": event,
  "x-hub-signature-256": `sha256=${hexHmac(secret, body)}`,
});

/** As docs.stripe.com, "Verify webhook signatures manually", has it. */
export const stripeHeaders = (secret: string, body: string | Buffer, { at = new Date() }: Signing = {}) => ({
  "stripe-signature": `t=${seconds(at)},v1=${hexHmac(secret, `${seconds(at)}.`, body)},v0=${"0".repeat(64)}`,
});

export const minutesFromNow = (minutes: number) => new Date(Date.now() + minutes * 60_000);
