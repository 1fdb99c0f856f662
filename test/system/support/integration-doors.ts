import type { RequestListener } from "node:http";
import { text as textOf } from "node:stream/consumers";
import type { ScriptedService } from "../../support/oauth-provider.js";
import type { RecordingClient } from "./client.js";
import type { Plant } from "./planting.js";

/** What an integration is planted with. */
export interface IntegrationDoors {
  readonly organizationId: string;
  readonly client: RecordingClient;
  readonly service: ScriptedService;
  readonly plant: Plant;
  /** @returns the status; the answer is remembered with its headers */
  get(path: string): Promise<number>;
  /** Goes to the service through the proxy. */
  use(id: string): Promise<number>;
  /** With an access token and a refresh token that are canaries of this name. */
  add(name: string, input?: object): Promise<string>;
}

/** What the service's token address was asked, oldest first; it answers by `answer`. */
export function tokenAddress(service: ScriptedService, answer: (form: URLSearchParams) => RequestListener) {
  const forms: URLSearchParams[] = [];
  service.script.token = async (request, response) => {
    const form = new URLSearchParams(await textOf(request));
    forms.push(form);
    answer(form)(request, response);
  };
  return forms;
}

export function doorsOf(
  url: string,
  client: RecordingClient,
  organizationId: string,
  service: ScriptedService,
  plant: Plant,
): IntegrationDoors {
  const get = async (path: string) => {
    const response = await fetch(url + path, { redirect: "manual", headers: { ...client.headers } });
    await client.record(`GET ${path.split("?", 1)}`, response);
    return response.status;
  };
  return {
    organizationId,
    client,
    service,
    plant,
    get,
    use: (id) => get(`/integrations/${id}/proxy/things`),
    async add(name, input = {}) {
      const tokens = { accessToken: plant(name), refreshToken: plant(`refresh token of ${name}`) };
      const { addIntegration } = await client.run<{ addIntegration: { readonly id: string } }>(
        "mutation($input: AddIntegrationInput!) { addIntegration(input: $input) { id accessToken } }",
        { input: { organizationId, service: "scripted", ...tokens, ...input } },
      );
      return addIntegration.id;
    },
  };
}
