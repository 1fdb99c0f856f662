import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Requests, refused, requestsOf, unknownIds } from "../support/requests.js";
import { newPhone, startTestServer, type TestServer } from "../support/server.js";
import { canariesIn, tableDump } from "../support/table-dump.js";

describe("addMember", () => {
  let server: TestServer;
  let requests: Requests;
  beforeAll(async () => {
    server = await startTestServer();
    requests = requestsOf(server);
  });
  afterAll(() => server.close());

  test("answers alike for a phone with a user and one without, who are members from their next request on", async () => {
    const owner = await server.signIn();
    const known = await server.signIn(newPhone(), { name: "Known" });
    const { organizationId, token } = owner;
    const phones = [known.phone, newPhone()];
    for (const phone of phones) {
      const { data } = await requests.addMember({ organizationId, phone }, { token });
      expect(data.addMember).toEqual({
        id: expect.any(String),
        userId: null,
        name: null,
        phone: `+1••••••••${phone.slice(-2)}`,
        role: "MEMBER",
        joinedAt: null,
      });
    }
    const { data } = await requests.organization(organizationId, { token: known.token });
    expect(data.organization.role).toBe("MEMBER");
    expect(data.organization.members[1]).toMatchObject({ userId: known.userId, name: "Known" });
    const later = await server.signIn(phones[1]);
    expect((await requests.organization(organizationId, { token: later.token })).code).toBeNull();
  });

  test("a phone is a member once, in whatever writing", async () => {
    const { organizationId, token } = await server.signIn();
    const phone = newPhone();
    await requests.addMember({ organizationId, phone }, { token });
    const writing = `00 1 ${phone.slice(2, 5)}.${phone.slice(5)}`;
    expect((await requests.addMember({ organizationId, phone: writing }, { token })).code).toBe("CONFLICT");
  });

  test("asks for ADMIN, for OWNER to make an OWNER, and shows strangers nothing", async () => {
    const owner = await server.signIn();
    const { organizationId } = owner;
    const add = async (token: string | undefined, role: string) =>
      (await requests.addMember({ organizationId, phone: newPhone(), role }, token ? { token } : {})).code;
    const [member, admin] = [await server.signInMember(owner, "MEMBER"), await server.signInMember(owner, "ADMIN")];
    expect(await add(member.token, "VIEWER")).toBe("FORBIDDEN");
    expect(await add(admin.token, "OWNER")).toBe("FORBIDDEN");
    expect(await add(admin.token, "ADMIN")).toBeNull();
    expect(await add(owner.token, "OWNER")).toBeNull();
    expect(await add((await server.signIn()).token, "VIEWER")).toBe("NOT_FOUND");
    expect(await add(undefined, "VIEWER")).toBe("UNAUTHENTICATED");
    for (const id of unknownIds)
      expect((await requests.addMember({ organizationId: id, phone: newPhone() }, { token: owner.token })).code).toBe(
        "NOT_FOUND",
      );
  });

  test("refuses a bad phone or role by field", async () => {
    const { organizationId, token } = await server.signIn();
    const phone = await requests.addMember({ organizationId, phone: "nobody" }, { token });
    expect(refused(phone)).toEqual({ code: "BAD_USER_INPUT", field: "input.phone" });
    const role = await requests.addMember({ organizationId, phone: newPhone(), role: "BOSS" }, { token });
    expect(refused(role)).toEqual({ code: "BAD_USER_INPUT", field: "input.role" });
  });

  test("records the event without the phone, and leaks it nowhere", async () => {
    const { organizationId, token, userId } = await server.signIn();
    const phone = newPhone();
    const { text } = await requests.addMember({ organizationId, phone, role: "VIEWER" }, { token });
    const { rows } = await server.admin.query(
      "select action, actor_id, details from cloakroom.audit_events where organization_id = $1",
      [organizationId],
    );
    expect(rows).toEqual([{ action: "MEMBER_ADDED", actor_id: userId, details: { role: "VIEWER" } }]);
    const seen = text + server.output() + (await tableDump(server.admin));
    expect(canariesIn(seen, [phone, phone.slice(1)])).toEqual([]);
  });
});
