import { json } from "../../support/oauth-provider.js";
import { expected } from "./expected.js";
import { type IntegrationDoors, tokenAddress } from "./integration-doors.js";

/** Through OAuth's code flow: one that ends well, one whose code is refused with an echo, and one that the person declines. */
export async function plantFlows(doors: IntegrationDoors): Promise<void> {
  const { service, plant, get } = doors;
  const begin = beginning(doors);
  const tokens = { access_token: plant("token for a code"), refresh_token: plant("refresh token for a code") };
  const accepted = tokenAddress(service, () => json({ ...tokens, token_type: "bearer", team: { name: "Canaries" } }));
  const code = plant("code of a flow");
  expected("a flow", await get(`${await begin("a flow")}&code=${code}`), 200);
  expected(
    "codes that came",
    accepted.map((form) => form.get("code")),
    [code],
  );
  plant("PKCE verifier", verifierIn(accepted));

  const refused = tokenAddress(service, (form) => {
    const said = `${plant("description of an error")} ${[...form.values()].join(" ")}`;
    return json({ error: "invalid_grant", error_description: said, error_uri: said }, 400);
  });
  expected(
    "a refused flow",
    await get(`${await begin("a refused flow")}&code=${plant("code of a refused flow")}`),
    502,
  );
  plant("PKCE verifier of a refused flow", verifierIn(refused));

  const error = `error=${plant("error of a flow")}&error_description=${plant("its description")}`;
  expected("a declined flow", await get(`${await begin("a declined flow")}&${error}`), 400);
  const forged = `/integrations/callback?state=${plant("unknown state")}&code=${plant("code without a flow")}`;
  expected("a flow that nobody began", await get(forged), 400);
}

const verifierIn = ([form]: URLSearchParams[]) => form?.get("code_verifier") ?? "";

/** @returns the address to which a person comes back, without what the service adds */
function beginning({ client, organizationId, plant }: IntegrationDoors) {
  return async (name: string) => {
    const { beginIntegration } = await client.run<{ beginIntegration: { authorizationUrl: string } }>(
      "mutation($input: BeginIntegrationInput!) { beginIntegration(input: $input) { authorizationUrl } }",
      { input: { organizationId, service: "scripted" } },
    );
    const state = new URL(beginIntegration.authorizationUrl).searchParams.get("state") ?? "";
    plant(`state of ${name}`, state, { answeredBy: ["beginIntegration.authorizationUrl"] });
    return `/integrations/callback?state=${state}`;
  };
}
