import { randomBytes, randomUUID } from "node:crypto";
import { githubHeaders, standardHeaders, stripeHeaders } from "../../support/webhooks.js";
import type { RecordingClient } from "./client.js";
import { expected } from "./expected.js";
import type { Plant } from "./planting.js";

const styles = ["STANDARD", "GITHUB", "STRIPE"] as const;
type Style = (typeof styles)[number];

interface Made {
  readonly endpoint: { readonly id: string; readonly path: string };
  readonly secret: string;
}

const add =
  "mutation($input: AddWebhookEndpointInput!) { addWebhookEndpoint(input: $input) { endpoint { id path } secret } }";
const rotate =
  "mutation($input: RotateWebhookSecretInput!) { rotateWebhookSecret(input: $input) { endpoint { id } secret } }";
const events = "id name events { nodes { id messageId eventType payload rawPayload } }";

const added = { answeredBy: ["addWebhookEndpoint.secret"] };
const rotated = { answeredBy: ["rotateWebhookSecret.secret"] };
const read = ["webhookEndpoints", "webhookEndpoint"].map((operation) => `${operation}.events.nodes`);
const answeredIn = (...fields: string[]) => ({
  answeredBy: read.flatMap((nodes) => [...fields, "payload", "rawPayload"].map((field) => `${nodes}.${field}`)),
});

/** Through endpoints of every style, whose secrets are brought, made, rotated and deleted. */
export async function plantWebhooks(url: string, client: RecordingClient, organizationId: string, plant: Plant) {
  for (const style of styles) {
    const input = { organizationId, name: `Canaries of ${style}`, style };
    const secret = plant(`${style} secret`, newSecret(style), added);
    await plantEndpoint(`${style} brought`, url, client, { ...input, secret }, plant);
    await plantEndpoint(`${style} made`, url, client, input, plant);
    await client.attempt(add, { input: { ...input, secret: `${plant(`bad ${style} secret`)}\n` } });
  }
  const all = await client.run(`query($id: ID!) { webhookEndpoints(organizationId: $id) { ${events} } }`, {
    id: organizationId,
  });
  expected("events of all endpoints", eventsIn(all), styles.length * 2 * 4);
  await plantDeleted(url, client, organizationId, plant);
}

const eventsIn = (answer: unknown) => JSON.stringify(answer).split('"messageId"').length - 1;

const newSecret = (style: Style) =>
  style === "STANDARD" ? `whsec_${randomBytes(32).toString("base64")}` : `canary-of-${style}-${randomUUID()}`;

/** Deliveries that verify and that do not, before, in and after a rotation with overlap, and after one without. */
async function plantEndpoint(
  kind: string,
  url: string,
  client: RecordingClient,
  input: { readonly organizationId: string; readonly name: string; readonly style: Style; readonly secret?: string },
  plant: Plant,
): Promise<void> {
  const { addWebhookEndpoint } = await client.run<{ addWebhookEndpoint: Made }>(add, { input });
  const { id, path } = addWebhookEndpoint.endpoint;
  const first = input.secret ?? plant(`${kind} secret`, addWebhookEndpoint.secret, added);
  const send = sender(url + path, input.style, kind, client, plant);
  const messageId = plant(`${kind} id`, undefined, answeredIn("messageId"));
  const before = [
    await send("first", first, { messageId, isStored: true }),
    await send("conflict", first, { messageId }),
    await send("forged", newSecret(input.style)),
    await send("unsigned", null),
    await send("no JSON", first, { ending: "and no more" }),
  ];
  expected(`${kind} deliveries`, before, [200, 409, 401, 401, 400]);
  const { rotateWebhookSecret } = await client.run<{ rotateWebhookSecret: Made }>(rotate, { input: { id } });
  const second = plant(`${kind} second secret`, rotateWebhookSecret.secret, rotated);
  const overlapping = [
    await send("by the old", first, { isStored: true }),
    await send("by the new", second, { isStored: true }),
  ];
  expected(`${kind} deliveries in an overlap`, overlapping, [200, 200]);
  const third = plant(`${kind} third secret`, newSecret(input.style), rotated);
  await client.run(rotate, { input: { id, secret: third, overlapSeconds: 0 } });
  const after = [await send("too late", second), await send("last", third, { isStored: true })];
  expected(`${kind} deliveries after it`, after, [401, 200]);
  const one = await client.run(`query($id: ID!) { webhookEndpoint(id: $id) { ${events} } }`, { id });
  expected(`${kind} events`, eventsIn(one), 4);
}

interface Sending {
  readonly messageId?: string;
  /** Whether it is stored, so that its values are among the endpoint's events. */
  readonly isStored?: boolean;
  /** Behind the body. */
  readonly ending?: string;
}

/** Delivers a body whose every part is a canary. @returns the status; the answer is remembered with its headers */
function sender(address: string, style: Style, kind: string, client: RecordingClient, plant: Plant) {
  return async (name: string, secret: string | null, { messageId, isStored = false, ending = "" }: Sending = {}) => {
    const canary = (part: string, field?: string) =>
      plant(`${kind} ${name} ${part}`, undefined, isStored ? answeredIn(...(field ? [field] : [])) : {});
    const [id, event] = [messageId ?? canary("id", "messageId"), canary("type", "eventType")];
    const body = JSON.stringify({ id, type: event, [canary("key")]: [canary("value")] }) + ending;
    const signed: Record<Style, (by: string) => Record<string, string>> = {
      STANDARD: (by) => standardHeaders(by, body, { id }),
      GITHUB: (by) => githubHeaders(by, body, { id, event }),
      STRIPE: (by) => stripeHeaders(by, body),
    };
    const headers = { "content-type": "application/json", ...(secret === null ? {} : signed[style](secret)) };
    const response = await fetch(address, { method: "POST", headers, body });
    await client.record("POST /hooks/:endpointId", response);
    return response.status;
  };
}

async function plantDeleted(url: string, client: RecordingClient, organizationId: string, plant: Plant): Promise<void> {
  const secret = plant("secret of a deleted endpoint", newSecret("GITHUB"), added);
  const input = { organizationId, name: "Short-lived", style: "GITHUB", secret };
  const { addWebhookEndpoint } = await client.run<{ addWebhookEndpoint: Made }>(add, { input });
  const send = sender(url + addWebhookEndpoint.endpoint.path, "GITHUB", "deleted", client, plant);
  expected("a delivery to an endpoint before its end", await send("first", secret), 200);
  await client.run("mutation($id: ID!) { deleteWebhookEndpoint(id: $id) }", addWebhookEndpoint.endpoint);
  expected("one after it", await send("second", secret), 401);
}
