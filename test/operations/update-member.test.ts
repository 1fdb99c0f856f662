import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Requests, requestsOf, unknownIds } from "../support/requests.js";
import { type Person, startTestServer, type TestServer } from "../support/server.js";

describe("updateMember", () => {
  let server: TestServer;
  let requests: Requests;
  beforeAll(async () => {
    server = await startTestServer();
    requests = requestsOf(server);
  });
  afterAll(() => server.close());

  async function memberId(person: Person, organizationId: string): Promise<string> {
    const { data } = await requests.organization(organizationId, { token: person.token });
    return data.organization.members.find(({ userId }) => userId === person.userId)?.id ?? "";
  }
  const update = (person: Person, id: string, role: string) =>
    requests.updateMember({ id, role }, { token: person.token });

  test("gives another role, in force with the next request, on record", async () => {
    const owner = await server.signIn();
    const viewer = await server.signInMember(owner, "VIEWER");
    const id = await memberId(viewer, owner.organizationId);
    const { data } = await update(owner, id, "ADMIN");
    expect(data.updateMember).toMatchObject({ id, role: "ADMIN", userId: viewer.userId });
    expect((await requests.providerKeys(owner.organizationId, { token: viewer.token })).code).toBeNull();
    const { rows } = await server.admin.query(
      "select action, actor_id, details from cloakroom.audit_events where target_id = $1 order by sequence desc limit 1",
      [id],
    );
    const details = { role: "ADMIN", previousRole: "VIEWER" };
    expect(rows).toEqual([{ action: "MEMBER_UPDATED", actor_id: owner.userId, details }]);
  });

  test("an ADMIN neither makes nor touches an OWNER, nor lifts themselves", async () => {
    const owner = await server.signIn();
    const admin = await server.signInMember(owner, "ADMIN");
    const [owners, own] = [await memberId(owner, owner.organizationId), await memberId(admin, owner.organizationId)];
    expect((await update(admin, own, "OWNER")).code).toBe("FORBIDDEN");
    expect((await update(admin, owners, "VIEWER")).code).toBe("FORBIDDEN");
  });

  test("the last OWNER stays one", async () => {
    const owner = await server.signIn();
    const own = await memberId(owner, owner.organizationId);
    const { code, errors } = await update(owner, own, "ADMIN");
    expect([code, errors[0]?.message]).toEqual(["FORBIDDEN", "The last owner must stay."]);
  });

  test("a member of a foreign organization is NOT_FOUND, like one that does not exist", async () => {
    const [me, stranger] = [await server.signIn(), await server.signIn()];
    const foreign = await memberId(stranger, stranger.organizationId);
    for (const id of [foreign, ...unknownIds]) expect((await update(me, id, "VIEWER")).code).toBe("NOT_FOUND");
    expect((await requests.updateMember({ id: foreign, role: "VIEWER" })).code).toBe("UNAUTHENTICATED");
  });
});
