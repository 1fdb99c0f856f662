import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type IntegrationRequests, integrationRequests } from "../support/integration-requests.js";
import { unknownIds } from "../support/requests.js";
import { startTestServer, type TestServer } from "../support/server.js";

describe("integrations", () => {
  let server: TestServer;
  let requests: IntegrationRequests;
  beforeAll(async () => {
    server = await startTestServer();
    requests = integrationRequests(server);
  });
  afterAll(() => server.close());

  test("lists an organization's, oldest first, tokens masked, to its ADMINs alone", async () => {
    const owner = await server.signIn();
    const { organizationId } = owner;
    const list = (as: { token?: string }, id = organizationId) => requests.integrations(id, as);
    expect((await list(owner)).data.integrations).toEqual([]);
    for (const service of ["slack", "github"])
      await requests.addIntegration({ organizationId, service, accessToken: "canary-access-token" }, owner);
    const answer = await list(await server.signInMember(owner, "ADMIN"));
    expect(answer.data.integrations.map(({ service }) => service)).toEqual(["slack", "github"]);
    expect(answer.data.integrations.map(({ accessToken }) => accessToken)).toEqual(["••••••••", "••••••••"]);
    expect(answer.text).not.toContain("canary");
    expect((await list(await server.signInMember(owner, "MEMBER"))).code).toBe("FORBIDDEN");
    expect((await list(await server.signIn())).code).toBe("NOT_FOUND");
    expect((await list({})).code).toBe("UNAUTHENTICATED");
    for (const id of unknownIds) expect((await list(owner, id)).code).toBe("NOT_FOUND");
  });
});
