import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ProfileRequests, profileRequestsOf } from "../support/profile-requests.js";
import { ingestBody, post, signedHeaders } from "../support/relay-requests.js";
import { type Requests, requestsOf } from "../support/requests.js";
import { newPhone, type Person, startTestServer, type TestServer } from "../support/server.js";
import { tableDump } from "../support/table-dump.js";

describe("deleteAccount", () => {
  let server: TestServer;
  let requests: Requests & ProfileRequests;
  beforeAll(async () => {
    server = await startTestServer({ OTP_RESEND_SECONDS: "0" });
    requests = { ...requestsOf(server), ...profileRequestsOf(server) };
  });
  afterAll(() => server.close());

  const rows = async (text: string, values: unknown[] = []) => (await server.admin.query(text, values)).rows;
  const ingest = (input: object) => {
    const body = ingestBody(input);
    return post(server.url, body, signedHeaders(body));
  };
  const conversations = async ({ token }: Person) =>
    (
      await server.graphql<{ conversations: { nodes: { participants: string[]; messages: { nodes: unknown[] } }[] } }>(
        "{ conversations { nodes { participants messages { nodes { sender text } } } } }",
        {},
        { token },
      )
    ).data.conversations.nodes;

  test("leaves neither a row nor a key of the person, and their tokens stop at once", async () => {
    const person = await server.signIn(newPhone(), { name: "Canary Name" });
    const other = await server.signIn(person.phone);
    const { token } = person;
    await requests.setTrait({ name: "canary trait", value: 1 }, { token });
    await requests.answerOnboarding({ step: "name", answer: "Ada" }, { token });
    await requests.exportAccount({ token });
    const key = { organizationId: person.organizationId, provider: "openai", apiKey: "sk-0123456789" };
    await requests.addProviderKey(key, { token });
    const [user] = await rows("select phone_hash::text as hash, data_key_id from cloakroom.users where id = $1", [
      person.userId,
    ]);
    expect((await requests.deleteAccount({ token })).data).toEqual({ deleteAccount: true });

    for (const { token, refreshToken } of [person, other]) {
      expect((await requests.me({ token })).code).toBe("UNAUTHENTICATED");
      expect((await requests.session({ token })).data.session).toBeNull();
      expect((await requests.refreshSession({ refreshToken })).code).toBe("UNAUTHENTICATED");
    }
    expect((await requests.deleteAccount({ token })).code).toBe("UNAUTHENTICATED");
    // Codes of the last day, which the hourly limits count, hold the phone's keyed hash.
    await server.admin.query("delete from cloakroom.verification_codes");
    const dump = await tableDump(server.admin);
    for (const trace of [user.hash, user.data_key_id, "Canary Name", "canary trait", `user:${person.userId}`])
      expect(dump, trace).not.toContain(trace);
    expect(
      await rows("select 1 from vault.secrets where name = $1", [`organization:${person.organizationId}`]),
    ).toEqual([]);
    const events = "select action from cloakroom.audit_events where actor_id = $1 order by sequence";
    expect(await rows(events, [person.userId])).toEqual([
      { action: "PROVIDER_KEY_ADDED" },
      { action: "ORGANIZATION_DELETED" },
    ]);
  });

  test("a new sign-in with the same phone is somebody new", async () => {
    const before = await server.signIn();
    await requests.setTrait({ name: "likes", value: "tea" }, { token: before.token });
    await requests.deleteAccount({ token: before.token });
    const after = await server.signIn(before.phone);
    expect(after.userId).not.toBe(before.userId);
    expect(after.organizationId).not.toBe(before.organizationId);
    expect((await requests.person({ token: after.token })).data.me).toMatchObject({ traits: [], traitProfile: null });
    expect((await requests.me({ token: before.token })).code).toBe("UNAUTHENTICATED");
  });

  test("in shared organizations the membership ends on record, and the log keeps the id without a name", async () => {
    const owner = await server.signIn();
    const leaving = await server.signInMember(owner, "ADMIN");
    await requests.updateProfile({ name: "Leaving" }, { token: leaving.token });
    const added = { organizationId: owner.organizationId, phone: newPhone(), role: "VIEWER" };
    await requests.addMember(added, { token: leaving.token });
    await requests.deleteAccount({ token: leaving.token });
    const { members } = (await requests.organization(owner.organizationId, { token: owner.token })).data.organization;
    expect(members.map(({ userId }) => userId)).toEqual([owner.userId, null]);
    const { data } = await server.graphql<{ auditEvents: { nodes: unknown[] } }>(
      "query($id: ID!) { auditEvents(organizationId: $id, first: 2) { nodes { action actorId actorName details } } }",
      { id: owner.organizationId },
      { token: owner.token },
    );
    expect(data.auditEvents.nodes).toEqual([
      { action: "MEMBER_REMOVED", actorId: leaving.userId, actorName: null, details: { role: "ADMIN" } },
      { action: "MEMBER_ADDED", actorId: leaving.userId, actorName: null, details: { role: "VIEWER" } },
    ]);
    const verified = await server.graphql(
      "mutation($id: ID!) { verifyAuditLog(organizationId: $id) { valid eventsChecked } }",
      { id: owner.organizationId },
      { token: owner.token },
    );
    expect(verified.data).toMatchObject({ verifyAuditLog: { valid: true } });
  });

  test("the last owner among others is FORBIDDEN in a sentence that says what to do, and nothing is gone", async () => {
    const owner = await server.signIn();
    const other = await server.signInMember(owner, "ADMIN");
    const refusal = await requests.deleteAccount({ token: owner.token });
    expect(refusal.code).toBe("FORBIDDEN");
    expect(refusal.errors[0]?.message).toBe(
      "You are the last owner of an organization in which there are others: make one of them an owner, or delete it first.",
    );
    expect((await requests.organization(owner.organizationId, { token: owner.token })).code).toBeNull();
    const { members } = (await requests.organization(owner.organizationId, { token: owner.token })).data.organization;
    const heir = members.find(({ userId }) => userId === other.userId);
    await requests.updateMember({ id: heir?.id, role: "OWNER" }, { token: owner.token });
    expect((await requests.deleteAccount({ token: owner.token })).code).toBeNull();
    expect((await requests.organization(owner.organizationId, { token: other.token })).code).toBeNull();
  });

  test("who was invited and never came does not hold an organization", async () => {
    const owner = await server.signIn();
    const invited = newPhone();
    await requests.addMember(
      { organizationId: owner.organizationId, phone: invited, role: "OWNER" },
      { token: owner.token },
    );
    expect((await requests.deleteAccount({ token: owner.token })).code).toBeNull();
    const late = await server.signIn(invited);
    expect((await requests.organizations({ token: late.token })).data.organizations.map(({ id }) => id)).toEqual([
      late.organizationId,
    ]);
  });

  test("conversations without another user go with their keys; in the others the number does, not what was said", async () => {
    const [leaving, staying] = [await server.signIn(), await server.signIn()];
    const unregistered = newPhone();
    const own = {
      chatGuid: "alone",
      sender: leaving.phone,
      text: "for nobody",
      participants: [leaving.phone, unregistered],
    };
    const alone = (await ingest(own)).data.ingestMessage.conversationId;
    const shared = { chatGuid: "shared", participants: [leaving.phone, staying.phone] };
    await ingest({ ...shared, sender: leaving.phone, text: "said by the leaving", timestamp: 1_760_000_000 });
    await ingest({ ...shared, sender: staying.phone, text: "said by the staying", timestamp: 1_760_000_001 });
    await requests.deleteAccount({ token: leaving.token });
    expect(await rows("select 1 from cloakroom.conversations where id = $1", [alone])).toEqual([]);
    expect(await rows("select 1 from cloakroom.messages where conversation_id = $1", [alone])).toEqual([]);
    expect(await rows("select 1 from vault.secrets where name = $1", [`conversation:${alone}`])).toEqual([]);
    const mask = `+1••••••••${staying.phone.slice(-2)}`;
    expect(await conversations(staying)).toEqual([
      {
        participants: [mask],
        messages: {
          nodes: [
            { sender: "••••••••", text: "said by the leaving" },
            { sender: mask, text: "said by the staying" },
          ],
        },
      },
    ]);
    expect((await ingest({ ...own, text: "again" })).code).toBeNull();
    const { data } = await requests.exportAccount({ token: staying.token });
    expect(JSON.stringify(data)).not.toContain(leaving.phone.slice(1));
  });

  test("who was taken out of a group in the very second of their last message is named by it no longer", async () => {
    // A mask shows two digits, by which the three in the group are told apart here.
    const apartFrom = async (...endings: string[]) => {
      for (;;) {
        const person = await server.signIn();
        if (!endings.includes(person.phone.slice(-2))) return person;
      }
    };
    const leaving = await apartFrom("00");
    const staying = await apartFrom(leaving.phone.slice(-2));
    const group = { chatGuid: "in one second", mode: "GROUP", timestamp: 1_760_000_000 };
    const participants = [staying.phone, "+14155550100"];
    await ingest({ ...group, sender: leaving.phone, text: "bye", participants: [...participants, leaving.phone] });
    await ingest({ ...group, sender: staying.phone, text: "gone", participants });
    await requests.deleteAccount({ token: leaving.token });
    const [conversation] = await conversations(staying);
    expect(JSON.stringify(conversation)).not.toContain(leaving.phone.slice(-2).padStart(10, "•"));
    expect(conversation?.messages.nodes).toMatchObject([{ sender: "••••••••", text: "bye" }, { text: "gone" }]);
  });

  test("is UNAUTHENTICATED without a session, and touches nobody else", async () => {
    const [one, other] = [await server.signIn(), await server.signIn()];
    await requests.setTrait({ name: "likes", value: "tea" }, { token: other.token });
    expect((await requests.deleteAccount()).code).toBe("UNAUTHENTICATED");
    await requests.deleteAccount({ token: one.token });
    expect((await requests.person({ token: other.token })).data.me.traits).toHaveLength(1);
    expect((await requests.organization(other.organizationId, { token: other.token })).code).toBeNull();
  });

  test("tells neither number, name nor trait in the log", async () => {
    const { token, phone } = await server.signIn(newPhone(), { name: "canary-name-deleted" });
    await requests.setTrait({ name: "t", value: "canary-trait-deleted" }, { token });
    await requests.deleteAccount({ token });
    expect(server.output()).not.toMatch(/canary-(name|trait)-deleted/);
    expect(server.output()).not.toContain(phone.slice(1));
  });
});
