import { json, client as oauthClient, type ScriptedService } from "../../support/oauth-provider.js";
import type { RecordingClient } from "./client.js";
import type { Plant } from "./planting.js";

type Ids = { readonly id: string };

/** Through integrations: tokens brought, got by the code flow, renewed, echoed by their service, refused and deleted. */
export async function plantIntegrations(
  url: string,
  client: RecordingClient,
  organizationId: string,
  service: ScriptedService,
  plant: Plant,
): Promise<void> {
  plant("client secret", oauthClient.secret);
  service.script.api = (request, response) => {
    const said = String(request.headers.authorization);
    response
      .writeHead(200, { "x-request-id": said, location: `https://elsewhere.example/?${said}` })
      .end(`you: ${said}`);
  };
  const get = async (path: string) => {
    const response = await fetch(url + path, { headers: { ...client.headers } });
    const text = `${JSON.stringify([...response.headers])} ${await response.text()}`;
    client.answers.push({ operation: `GET ${path.split("?", 1)}`, text });
    return response.status;
  };
  const add = async (name: string, input: object = {}) => {
    const tokens = { accessToken: plant(name), refreshToken: plant(`refresh token of ${name}`) };
    const { addIntegration } = await client.run<{ addIntegration: Ids }>(
      "mutation($input: AddIntegrationInput!) { addIntegration(input: $input) { id accessToken } }",
      { input: { organizationId, service: "scripted", ...tokens, ...input } },
    );
    return addIntegration.id;
  };
  const lasting = await add("token of a service");
  const ended = await add("ended token", { expiresAt: "2020-01-01T00:00:00Z" });
  service.script.token = json({
    access_token: plant("renewed token"),
    refresh_token: plant("rotated token"),
    token_type: "bearer",
  });
  const statuses = [
    await get(`/integrations/${lasting}/proxy/things?${plant("query of a request")}`),
    await get(`/integrations/${ended}/proxy/things`),
    await get(`/integrations/${lasting}/proxy/..%2f${plant("path of a request")}`),
    ...(await connect(client, organizationId, service, plant, get)),
  ];
  if (statuses.join() !== "200,200,400,200,502,400") throw new Error(`Integrations were answered ${statuses}.`);
  const doomed = await add("deleted token");
  await client.run("mutation($id: ID!) { deleteIntegration(id: $id) }", { id: doomed });
  await client.run("query($id: ID!) { integrations(organizationId: $id) { accessToken status } }", {
    id: organizationId,
  });
  for (const accessToken of [`${plant("bad token")} of words`, { nested: plant("token in an object") }])
    await client.attempt("mutation($input: AddIntegrationInput!) { addIntegration(input: $input) { id } }", {
      input: { organizationId, service: "scripted", accessToken },
    });
}

async function connect(
  client: RecordingClient,
  organizationId: string,
  service: ScriptedService,
  plant: Plant,
  get: (path: string) => Promise<number>,
): Promise<number[]> {
  const begin = async (name: string) => {
    const { beginIntegration } = await client.run<{ beginIntegration: { authorizationUrl: string } }>(
      "mutation($input: BeginIntegrationInput!) { beginIntegration(input: $input) { authorizationUrl } }",
      { input: { organizationId, service: "scripted" } },
    );
    const state = new URL(beginIntegration.authorizationUrl).searchParams.get("state") ?? "";
    return `/integrations/callback?state=${plant(`state of ${name}`, state, { answeredBy: ["beginIntegration"] })}`;
  };
  service.script.token = json({ access_token: plant("token for a code"), token_type: "bearer" });
  const good = await get(`${await begin("a flow")}&code=${plant("code of a flow")}`);
  service.script.token = json({ error: "invalid_grant", error_description: plant("description of an error") }, 400);
  const refused = await get(`${await begin("a refused flow")}&code=${plant("code of a refused flow")}`);
  const declined = await get(`${await begin("a declined flow")}&error=${plant("error of a flow")}`);
  service.script.token = json({});
  return [good, refused, declined];
}
