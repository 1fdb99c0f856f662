import { type ModelUpstream, sendJson } from "../../support/model-upstream.js";
import type { RecordingClient } from "./client.js";
import { expected } from "./expected.js";
import type { Plant } from "./planting.js";

type Ids = { readonly id: string };
type Uses = { readonly quarantineProviderKey: { readonly recentUses: readonly { readonly model: string }[] } };

const rotation = `mutation($input: RotateProviderKeyInput!) { rotateProviderKey(input: $input) { id apiKey } }`;

/** A key's whole life: stored, replaced, tried where it is refused and where it is taken, used, quarantined, deleted. */
export async function plantProviderKeys(
  client: RecordingClient,
  organizationId: string,
  upstream: ModelUpstream,
  plant: Plant,
): Promise<void> {
  upstream.behave("refusing", ({ key }, response) =>
    sendJson(response, { error: { message: `Incorrect API key provided: ${key}`, code: key } }, 401, { "x-key": key }),
  );
  const { createOrganization } = await client.run<{ createOrganization: Ids }>(
    'mutation { createOrganization(input: { name: "Short-lived" }) { id } }',
  );
  await plantLife("api key", client, organizationId, upstream, plant);
  const doomed = await plantLife("deleted api key", client, organizationId, upstream, plant);
  await client.run("mutation($id: ID!) { deleteProviderKey(id: $id) }", { id: doomed });
  await plantLife("api key of a deleted organization", client, createOrganization.id, upstream, plant);
  await client.run("query($id: ID!) { providerKeys(organizationId: $id) { apiKey } }", { id: organizationId });
  await client.run(
    "mutation($id: ID!) { setUsageLimits(input: { organizationId: $id, limits: { requestsPerMinute: 1000 } }) { tokensPerDay } }",
    { id: organizationId },
  );
  await client.run("mutation($id: ID!) { deleteOrganization(id: $id) }", createOrganization);
}

/** @returns the id of the key that is left in the end */
async function plantLife(
  name: string,
  client: RecordingClient,
  organizationId: string,
  upstream: ModelUpstream,
  plant: Plant,
): Promise<string> {
  const { addProviderKey } = await client.run<{ addProviderKey: Ids }>(
    "mutation($input: AddProviderKeyInput!) { addProviderKey(input: $input) { id apiKey } }",
    { input: { organizationId, provider: "openai", apiKey: plant(name), baseUrl: upstream.url } },
  );
  await client.run(
    'mutation($id: ID!) { updateProviderKey(input: { id: $id, label: "Renamed" }) { id apiKey } }',
    addProviderKey,
  );
  const rotated = await client.run<{ rotateProviderKey: Ids }>(rotation, {
    input: { ...addProviderKey, apiKey: plant(`new ${name}`) },
  });
  const { id } = rotated.rotateProviderKey;
  const begun = upstream.asked.length;
  const tried = (kind: string, model: string) => {
    const input = { id, apiKey: plant(`${kind} ${name}`), verify: true, model };
    return client.attempt(rotation, { input });
  };
  const refused = await tried("refused", "refusing");
  expected(`refusal of a rotation of ${name}`, refused.errors?.[0]?.extensions?.code, "UPSTREAM_ERROR");
  const taken = (await tried("verified", "gpt-test")) as { data?: { rotateProviderKey: Ids } };
  const last = taken.data?.rotateProviderKey.id ?? "";
  await client.run("mutation($input: ChatInput!) { chat(input: $input) { content } }", {
    input: { organizationId, providerKeyId: last, model: "gpt-test", messages: [{ role: "USER", content: "Hello" }] },
  });
  expected(`requests made with ${name}`, upstream.asked.length - begun, 3);
  const quarantine = `mutation($id: ID!) {
    quarantineProviderKey(id: $id, reason: "leaked") { providerKey { apiKey } recentUses { model actorName ipAddress } }
  }`;
  const { quarantineProviderKey } = await client.run<Uses>(quarantine, { id: last });
  expected(`uses of ${name}`, quarantineProviderKey.recentUses.map(({ model }) => model).join(), "gpt-test");
  await client.run("mutation($id: ID!) { releaseProviderKey(id: $id) { apiKey } }", { id: last });
  return last;
}
