import { randomBytes } from "node:crypto";
import { signedHeaders } from "../../../examples/relay-typescript/relay.js";
import type { RecordingClient } from "./client.js";
import type { Plant } from "./planting.js";

interface Made {
  readonly endpoint: { readonly id: string; readonly path: string };
  readonly secret: string;
}

/** Through the webhook endpoints: secrets brought and made, deliveries that verify, that do not, and that are no JSON. */
export async function plantWebhooks(url: string, client: RecordingClient, organizationId: string, plant: Plant) {
  const brought = plant("webhook secret", `whsec_${randomBytes(32).toString("base64")}`, {
    answeredBy: ["addWebhookEndpoint"],
  });
  const { addWebhookEndpoint } = await client.run<{ addWebhookEndpoint: Made }>(
    "mutation($input: AddWebhookEndpointInput!) { addWebhookEndpoint(input: $input) { endpoint { id path } secret } }",
    { input: { organizationId, name: "Canaries", secret: brought } },
  );
  const { id, path } = addWebhookEndpoint.endpoint;
  const rotate = async () =>
    client.run<{ rotateWebhookSecret: Made }>(
      "mutation($input: RotateWebhookSecretInput!) { rotateWebhookSecret(input: $input) { endpoint { id } secret } }",
      { input: { id } },
    );
  const { rotateWebhookSecret } = await rotate();
  const made = plant("made webhook secret", rotateWebhookSecret.secret, { answeredBy: ["rotateWebhookSecret"] });

  const deliver = async (body: string, secret: string, messageId: string) => {
    const headers = { "content-type": "application/json", ...signedHeaders(secret, body, messageId) };
    const response = await fetch(url + path, { method: "POST", headers, body });
    client.answers.push({ operation: "POST /hooks", text: await response.text() });
    return response.status;
  };
  const shown = { answeredBy: ["webhookEndpoints"] };
  const payload = JSON.stringify({
    [plant("webhook key", undefined, shown)]: plant("webhook value", undefined, shown),
  });
  const messageId = plant("webhook message id", undefined, shown);
  const statuses = [
    await deliver(payload, made, messageId),
    await deliver(payload, brought, messageId),
    await deliver(JSON.stringify(plant("another body of a webhook")), made, messageId),
    await deliver(JSON.stringify(plant("forged webhook")), brought.toLowerCase(), plant("forged message id")),
    await deliver(`{${plant("webhook that is no JSON")}`, made, plant("message id without JSON")),
  ];
  if (statuses.join() !== "200,200,409,401,400") throw new Error(`Webhooks were answered ${statuses}.`);
  const query = `query($id: ID!) {
    webhookEndpoints(organizationId: $id) { id name events { nodes { messageId payload } } }
  }`;
  const read = await client.attempt(query, { id: organizationId });
  if (!JSON.stringify(read).includes(messageId)) throw new Error("The delivery is not among the endpoint's events.");
  await client.attempt("mutation($input: AddWebhookEndpointInput!) { addWebhookEndpoint(input: $input) { secret } }", {
    input: { organizationId, name: "Bad", secret: plant("bad webhook secret") },
  });
  await plantDeleted(client, organizationId, plant);
}

async function plantDeleted(client: RecordingClient, organizationId: string, plant: Plant): Promise<void> {
  const secret = plant("deleted webhook secret", undefined, { answeredBy: ["addWebhookEndpoint"] });
  const { addWebhookEndpoint } = await client.run<{ addWebhookEndpoint: Made }>(
    "mutation($input: AddWebhookEndpointInput!) { addWebhookEndpoint(input: $input) { endpoint { id path } secret } }",
    { input: { organizationId, name: "Short-lived", style: "GITHUB", secret } },
  );
  await client.run("mutation($id: ID!) { deleteWebhookEndpoint(id: $id) }", addWebhookEndpoint.endpoint);
}
