import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Requests, requestsOf, unknownIds } from "../support/requests.js";
import { type Person, startTestServer, type TestServer } from "../support/server.js";

describe("removeMember", () => {
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
  const remove = (person: Person, id: string) => requests.removeMember(id, { token: person.token });

  test("takes the organization from the one removed at once, on record", async () => {
    const owner = await server.signIn();
    const member = await server.signInMember(owner, "MEMBER");
    const id = await memberId(member, owner.organizationId);
    expect((await remove(owner, id)).data.removeMember).toBe(true);
    expect((await requests.organization(owner.organizationId, { token: member.token })).code).toBe("NOT_FOUND");
    const { rows } = await server.admin.query(
      "select action, actor_id from cloakroom.audit_events where target_id = $1 order by sequence desc limit 1",
      [id],
    );
    expect(rows).toEqual([{ action: "MEMBER_REMOVED", actor_id: owner.userId }]);
  });

  test("anyone may go themselves but the last OWNER", async () => {
    const owner = await server.signIn();
    const viewer = await server.signInMember(owner, "VIEWER");
    expect((await remove(viewer, await memberId(viewer, owner.organizationId))).code).toBeNull();
    expect((await remove(owner, await memberId(owner, owner.organizationId))).code).toBe("FORBIDDEN");
  });

  test("below ADMIN nobody else can be removed, nor an OWNER by an ADMIN", async () => {
    const owner = await server.signIn();
    const [member, admin] = [await server.signInMember(owner, "MEMBER"), await server.signInMember(owner, "ADMIN")];
    const id = (person: Person) => memberId(person, owner.organizationId);
    expect((await remove(member, await id(admin))).code).toBe("FORBIDDEN");
    expect((await remove(admin, await id(owner))).code).toBe("FORBIDDEN");
    expect((await remove(admin, await id(member))).code).toBeNull();
  });

  test("a member of a foreign organization is NOT_FOUND, like one that does not exist", async () => {
    const [me, stranger] = [await server.signIn(), await server.signIn()];
    const foreign = await memberId(stranger, stranger.organizationId);
    for (const id of [foreign, ...unknownIds]) expect((await remove(me, id)).code).toBe("NOT_FOUND");
    expect((await requests.removeMember(foreign)).code).toBe("UNAUTHENTICATED");
  });
});
