import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Requests, requestsOf } from "../support/requests.js";
import { startTestServer, type TestServer } from "../support/server.js";

describe("organizations", () => {
  let server: TestServer;
  let requests: Requests;
  beforeAll(async () => {
    server = await startTestServer();
    requests = requestsOf(server);
  });
  afterAll(() => server.close());

  test("answers one's organizations, oldest first, each with one's own role and its members", async () => {
    const owner = await server.signIn();
    const viewer = await server.signInMember(owner, "VIEWER");
    const made = await requests.createOrganization({ name: "Third" }, { token: viewer.token });
    const { data } = await requests.organizations({ token: viewer.token });
    expect(data.organizations.map(({ name, role }) => [name, role])).toEqual([
      ["Personal", "VIEWER"],
      ["Personal", "OWNER"],
      ["Third", "OWNER"],
    ]);
    expect(data.organizations[0]?.id).toBe(owner.organizationId);
    expect(data.organizations[2]?.id).toBe(made.data.createOrganization.id);
    const [first, second] = data.organizations;
    expect(first?.members.map(({ userId }) => userId)).toEqual([owner.userId, viewer.userId]);
    expect(second?.members.map(({ userId }) => userId)).toEqual([viewer.userId]);
  });

  test("shows nothing of strangers, and nobody is UNAUTHENTICATED", async () => {
    const [me, stranger] = [await server.signIn(), await server.signIn()];
    const { text } = await requests.organizations({ token: me.token });
    expect(text).not.toContain(stranger.organizationId);
    expect((await requests.organizations()).code).toBe("UNAUTHENTICATED");
  });
});
