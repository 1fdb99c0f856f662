import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Requests, refused, requestsOf } from "../support/requests.js";
import { startTestServer, type TestServer } from "../support/server.js";

describe("createOrganization", () => {
  let server: TestServer;
  let requests: Requests;
  beforeAll(async () => {
    server = await startTestServer();
    requests = requestsOf(server);
  });
  afterAll(() => server.close());

  test("makes one with the caller as its OWNER and only member, on record", async () => {
    const { token, userId } = await server.signIn();
    const { data } = await requests.createOrganization({ name: " Engines " }, { token });
    const made = data.createOrganization;
    expect(made).toMatchObject({ name: "Engines", role: "OWNER", members: [{ userId, role: "OWNER" }] });
    const { rows } = await server.admin.query(
      "select action, actor_id from cloakroom.audit_events where organization_id = $1",
      [made.id],
    );
    expect(rows).toEqual([{ action: "ORGANIZATION_CREATED", actor_id: userId }]);
  });

  test("refuses an empty, a long and an unstorable name by field, and makes nothing", async () => {
    const { token } = await server.signIn();
    for (const name of ["", "   ", "x".repeat(201), "nul\u0000", "half\ud800"])
      expect(refused(await requests.createOrganization({ name }, { token }))).toEqual({
        code: "BAD_USER_INPUT",
        field: "input.name",
      });
    expect((await requests.organizations({ token })).data.organizations).toHaveLength(1);
  });

  test("takes SQL and markup for what they are: names", async () => {
    const { token } = await server.signIn();
    const name = "'); drop table cloakroom.users; -- <script>%s{}\\";
    expect((await requests.createOrganization({ name }, { token })).data.createOrganization.name).toBe(name);
  });

  test("nobody is UNAUTHENTICATED", async () => {
    expect((await requests.createOrganization({ name: "X" })).code).toBe("UNAUTHENTICATED");
  });
});
