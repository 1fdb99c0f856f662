import type { IncomingMessage, RequestListener } from "node:http";
import { json, client as oauthClient, type ScriptedService } from "../../support/oauth-provider.js";
import type { RecordingClient } from "./client.js";
import { bullets, expected } from "./expected.js";
import { doorsOf, type IntegrationDoors, tokenAddress } from "./integration-doors.js";
import type { Plant } from "./planting.js";
import { plantFlows } from "./planting-flows.js";

/** Through integrations: tokens brought, got by the code flow, renewed, echoed by their service, refused and deleted. */
export async function plantIntegrations(
  url: string,
  client: RecordingClient,
  organizationId: string,
  service: ScriptedService,
  plant: Plant,
): Promise<void> {
  plant("client secret", oauthClient.secret);
  const doors = doorsOf(url, client, organizationId, service, plant);
  service.script.api = (request, response) => echo(request, response);
  const lasting = await doors.add("token of a service");
  const statuses = [
    await doors.get(`/integrations/${lasting}/proxy/things?${plant("query of a request")}`),
    await doors.get(`/integrations/${lasting}/proxy/..%2f${plant("path of a request")}`),
  ];
  expected("answers of the proxy", statuses, [200, 400]);
  expected("an echo with bullets", client.answers.at(-2)?.text.includes(`you: Bearer ${bullets}`), true);
  await plantRefreshes(doors);
  await plantRefusedToken(doors);
  await plantFlows(doors);
  await plantRevocations(doors);
  await client.run("query($id: ID!) { integrations(organizationId: $id) { accessToken status account } }", {
    id: organizationId,
  });
  for (const accessToken of [`${plant("bad token")} of words`, { nested: plant("token in an object") }])
    await client.attempt("mutation($input: AddIntegrationInput!) { addIntegration(input: $input) { id } }", {
      input: { organizationId, service: "scripted", accessToken },
    });
}

/** Says its token back in every part of an answer. */
function echo(request: IncomingMessage, response: Parameters<RequestListener>[1], status = 200): void {
  const said = String(request.headers.authorization);
  response
    .writeHead(status, { "x-request-id": said, etag: `"${said}"`, location: `https://elsewhere.example/?${said}` })
    .end(`you: ${said}`);
}

const ended = { expiresAt: "2020-01-01T00:00:00Z" };

/** A token that is renewed, and again with the refresh token that this brought; and errors that say all of it back. */
async function plantRefreshes({ service, plant, add, use }: IntegrationDoors): Promise<void> {
  const names = ["renewed", "renewed again"];
  const forms = tokenAddress(service, () => {
    const name = names.shift() ?? "left over";
    const tokens = { access_token: plant(`${name} token`), refresh_token: plant(`rotated token ${name}`) };
    return json({ ...tokens, token_type: "bearer", expires_in: 12, scope: "read" });
  });
  const renewing = await add("ended token", ended);
  expected("a use that renews", await use(renewing), 200);
  // Two seconds before its end a token has ended.
  await new Promise((resolve) => setTimeout(resolve, 10_500));
  expected("one that renews again", await use(renewing), 200);
  const sent = forms.map((form) => form.get("refresh_token") ?? "");
  expected("that refresh tokens differ", new Set(sent).size, 2);
  expected(
    "that both came with the client's secret",
    forms.map((form) => form.get("client_secret")),
    [oauthClient.secret, oauthClient.secret],
  );
  for (const [error, status, answered] of [
    ["temporarily_unavailable", 503, 502],
    ["invalid_grant", 400, 409],
  ] as const) {
    tokenAddress(service, (form) => (_, response) => {
      const said = [...form.values()].join(" ");
      response
        .writeHead(status, { "content-type": "application/json", "x-request-id": said })
        .end(JSON.stringify({ error, error_description: said, error_uri: `https://elsewhere.example/?${said}` }));
    });
    expected(`a use after ${error}`, await use(await add(`token that ends in ${error}`, ended)), answered);
  }
}

/** A token that its service refuses: one refresh and one more try, each answer an echo. */
async function plantRefusedToken({ service, plant, add, use, client }: IntegrationDoors): Promise<void> {
  const id = await add("refused token");
  const good = plant("token after a refusal");
  tokenAddress(service, () => json({ access_token: good, token_type: "bearer", expires_in: 3600 }));
  const tokens: string[] = [];
  service.script.api = (request, response) => {
    tokens.push(String(request.headers.authorization));
    echo(request, response, request.headers.authorization === `Bearer ${good}` ? 200 : 401);
  };
  expected("a use after a refusal", await use(id), 200);
  expected("tries", [tokens.length, tokens[1]], [2, `Bearer ${good}`]);
  expected("that the echo has bullets", client.answers.at(-1)?.text, `you: Bearer ${bullets}`);
  service.script.api = (request, response) => echo(request, response, 403);
  expected("a use that is refused for good", await use(id), 403);
  service.script.api = (request, response) => echo(request, response);
}

/** Deletions that end the tokens at their service, where it says yes and where it says no and echoes. */
async function plantRevocations({ service, client, add }: IntegrationDoors): Promise<void> {
  for (const [name, status] of [
    ["deleted token", 200],
    ["token whose revocation fails", 503],
  ] as const) {
    const forms = tokenAddress(service, (form) => (_, response) => {
      response
        .writeHead(status, { "content-type": "application/json" })
        .end(JSON.stringify({ error: form.get("token") }));
    });
    const id = await add(name);
    await client.run("mutation($id: ID!) { deleteIntegration(id: $id) }", { id });
    expected(`tokens revoked of ${name}`, new Set(forms.map((form) => form.get("token"))).size, 2);
  }
}
