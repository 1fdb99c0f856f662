import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Requests, requestsOf, unknownIds } from "../support/requests.js";
import { newPhone, startTestServer, type TestServer } from "../support/server.js";

describe("organization", () => {
  let server: TestServer;
  let requests: Requests;
  beforeAll(async () => {
    server = await startTestServer();
    requests = requestsOf(server);
  });
  afterAll(() => server.close());

  test("answers it to each of its members, with phones masked and those who have not come yet unnamed", async () => {
    const owner = await server.signIn(newPhone(), { name: "Olga" });
    const viewer = await server.signInMember(owner, "VIEWER");
    const invited = newPhone();
    await requests.addMember(
      { organizationId: owner.organizationId, phone: invited, role: "ADMIN" },
      { token: owner.token },
    );
    const { data, text } = await requests.organization(owner.organizationId, { token: viewer.token });
    expect(data.organization).toMatchObject({ name: "Personal", role: "VIEWER" });
    expect(data.organization.members).toMatchObject([
      { userId: owner.userId, name: "Olga", role: "OWNER" },
      { userId: viewer.userId, name: null, role: "VIEWER" },
      { userId: null, name: null, joinedAt: null, role: "ADMIN", phone: `+1••••••••${invited.slice(-2)}` },
    ]);
    for (const phone of [owner.phone, viewer.phone, invited]) expect(text).not.toContain(phone.slice(1));
  });

  test("a stranger's and an unknown one are NOT_FOUND in the same words", async () => {
    const [me, stranger] = [await server.signIn(), await server.signIn()];
    const answers = await Promise.all(
      [stranger.organizationId, ...unknownIds].map((id) => requests.organization(id, { token: me.token })),
    );
    expect(new Set(answers.map(({ errors }) => errors[0]?.message))).toEqual(new Set(["Not found."]));
    expect(answers.every(({ code }) => code === "NOT_FOUND")).toBe(true);
  });

  test("nobody is UNAUTHENTICATED, also for one that does not exist", async () => {
    const { organizationId } = await server.signIn();
    for (const id of [organizationId, "1"]) expect((await requests.organization(id)).code).toBe("UNAUTHENTICATED");
  });
});
