import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type IntegrationRequests, integrationRequests } from "../support/integration-requests.js";
import { unknownIds } from "../support/requests.js";
import { type Person, startTestServer, type TestServer } from "../support/server.js";

const accessToken = "canary-access-token-of-add";
const refreshToken = "canary-refresh-token-of-add";

describe("addIntegration", () => {
  let server: TestServer;
  let requests: IntegrationRequests;
  let owner: Person;
  beforeAll(async () => {
    server = await startTestServer();
    requests = integrationRequests(server);
    owner = await server.signIn();
  });
  afterAll(() => server.close());

  const add = (input: object = {}, as: Partial<Person> = owner) =>
    requests.addIntegration(
      { organizationId: owner.organizationId, service: "slack", accessToken, refreshToken, ...input },
      as,
    );

  test("stores tokens obtained elsewhere and answers none of them", async () => {
    const { data, text } = await add({
      account: "Acme",
      scopes: ["chat:write"],
      expiresAt: "2126-11-20T15:46:40+02:00",
    });
    expect(data.addIntegration).toMatchObject({
      organizationId: owner.organizationId,
      service: "slack",
      account: "Acme",
      scopes: ["chat:write"],
      accessToken: "••••••••",
      expiresAt: "2126-11-20T13:46:40.000Z",
      status: "ACTIVE",
    });
    expect(text).not.toContain("canary");
    expect(server.output()).not.toContain("canary");
    expect(await requests.eventsOf(data.addIntegration.id)).toEqual([
      { action: "INTEGRATION_ADDED", actor_id: owner.userId, details: { service: "slack", account: "Acme" } },
    ]);
    const { rows } = await server.admin.query(
      "select to_jsonb(i)::text || to_jsonb(e)::text as line from cloakroom.integrations i, cloakroom.audit_events e",
    );
    expect(JSON.stringify(rows)).not.toContain("canary");
  });

  test("is FORBIDDEN below ADMIN, NOT_FOUND to strangers and UNAUTHENTICATED to nobody", async () => {
    expect((await add({}, await server.signInMember(owner, "ADMIN"))).code).toBeNull();
    expect((await add({}, await server.signInMember(owner, "MEMBER"))).code).toBe("FORBIDDEN");
    expect((await add({}, await server.signIn())).code).toBe("NOT_FOUND");
    expect((await add({}, {})).code).toBe("UNAUTHENTICATED");
    for (const organizationId of unknownIds) expect((await add({ organizationId })).code).toBe("NOT_FOUND");
  });

  test("names the field that is wrong and never its value", async () => {
    for (const [input, field] of [
      [{ accessToken: "" }, "input.accessToken"],
      [{ accessToken: "canary of two words" }, "input.accessToken"],
      [{ accessToken: "canary".repeat(3000) }, "input.accessToken"],
      [{ refreshToken: "canary\u00fc" }, "input.refreshToken"],
      [{ service: "Canary!" }, "input.service"],
      [{ scopes: ["canary scope"] }, "input.scopes"],
      [{ account: "canary".repeat(40) }, "input.account"],
      [{ expiresAt: "canary" }, "input.expiresAt"],
    ] as const) {
      const { code, errors, text } = await add(input);
      expect([code, errors[0]?.extensions?.field]).toEqual(["BAD_USER_INPUT", field]);
      expect(text).not.toMatch(/canary/i);
    }
  });
});
