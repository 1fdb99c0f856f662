import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ProfileRequests, profileRequestsOf } from "../support/profile-requests.js";
import { ingestBody, post, signedHeaders } from "../support/relay-requests.js";
import { requestsOf } from "../support/requests.js";
import { newPhone, startTestServer, type TestServer } from "../support/server.js";

interface Export {
  readonly exportedAt: string;
  readonly user: Record<string, unknown>;
  readonly sessions: Record<string, unknown>[];
  readonly traits: Record<string, unknown>[];
  readonly onboarding: Record<string, unknown> | null;
  readonly memberships: Record<string, unknown>[];
  readonly auditEvents: Record<string, unknown>[];
  readonly conversations: { participants: string[]; messages: Record<string, unknown>[] }[];
  readonly exports: string[];
}

describe("exportAccount", () => {
  let server: TestServer;
  let requests: ProfileRequests;
  beforeAll(async () => {
    server = await startTestServer({ OTP_RESEND_SECONDS: "0" });
    requests = profileRequestsOf(server);
  });
  afterAll(() => server.close());

  const exported = async (token: string): Promise<{ account: Export; text: string }> => {
    const { data, text } = await requests.exportAccount({ token });
    if (!data) throw new Error(text);
    return { account: data.exportAccount as unknown as Export, text };
  };
  const ingest = (input: object) => {
    const body = ingestBody(input);
    return post(server.url, body, signedHeaders(body));
  };

  test("answers all that is stored about the caller, opened", async () => {
    const person = await server.signIn(newPhone(), { name: "Ada" });
    const { token, phone } = person;
    const second = await server.signIn(phone);
    await server.graphql("mutation { revokeSession }", {}, { token: second.token });
    await requests.setTrait({ name: "likes", value: { snake_case: [1] }, confidence: 0.5 }, { token });
    await requests.answerOnboarding({ step: "name", answer: "Lady Ada" }, { token });
    const named = { input: { name: "Engines" } };
    await server.graphql(
      "mutation($input: CreateOrganizationInput!) { createOrganization(input: $input) { id } }",
      named,
      { token },
    );
    const other = newPhone();
    const chat = { chatGuid: `chat-${phone}`, participants: [phone, other] };
    await ingest({ ...chat, sender: phone, text: "hello from Ada", timestamp: 1_760_000_000 });
    await ingest({ ...chat, sender: other, text: "hello to Ada", timestamp: 1_760_000_001 });
    const { account } = await exported(token);
    expect(account.user).toMatchObject({ id: person.userId, name: "Ada", phone });
    expect(account.sessions.map(({ id, revokedAt }) => [id, revokedAt !== null])).toEqual([
      [person.sessionId, false],
      [second.sessionId, true],
    ]);
    expect(account.sessions[0]?.ipAddress).toMatch(/^(127\.0\.0\.1|::1|::ffff:127\.0\.0\.1)$/);
    expect(account.traits).toMatchObject([
      { name: "likes", value: { snake_case: [1] }, confidence: 0.5, source: "user" },
      { name: "preferred_name", value: "Lady Ada", source: "onboarding" },
    ]);
    expect(account.onboarding).toMatchObject({ answers: { name: "Lady Ada" }, completedAt: null });
    expect(account.memberships).toMatchObject([
      { organization: "Personal", organizationId: person.organizationId, role: "OWNER" },
      { organization: "Engines", role: "OWNER" },
    ]);
    expect(account.auditEvents).toMatchObject([{ action: "ORGANIZATION_CREATED", targetType: "organization" }]);
    expect(account.auditEvents[0]?.ipAddress).toMatch(/127\.0\.0\.1|::1/);
    const [conversation] = account.conversations;
    expect(conversation?.participants.sort()).toEqual([phone, other].map((p) => `+1••••••••${p.slice(-2)}`).sort());
    expect(conversation?.messages).toMatchObject([
      { text: "hello from Ada", isOwn: true, sentAt: "2025-10-09T08:53:20.000Z", direction: "INBOUND" },
      { text: "hello to Ada", isOwn: false, sender: `+1••••••••${other.slice(-2)}` },
    ]);
    expect(account.exports).toHaveLength(1);
    expect(account.exportedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test("holds nothing of others but masks, and no organization's secret", async () => {
    const owner = await server.signIn(newPhone(), { name: "Owner" });
    const member = await server.signInMember(owner, "ADMIN");
    await requests.setTrait({ name: "secret", value: "canary-trait-of-owner" }, { token: owner.token });
    const organizations = requestsOf(server);
    const key = { organizationId: owner.organizationId, provider: "openai", apiKey: "sk-canary-of-the-organization" };
    await organizations.addProviderKey(key, { token: owner.token });
    const own = { ...key, apiKey: "sk-canary-of-the-organization-2", label: "of the member" };
    await organizations.addProviderKey(own, { token: member.token });
    const stranger = newPhone();
    await ingest({ chatGuid: "of others", sender: stranger, text: "canary-message", participants: [stranger] });
    await ingest({ chatGuid: "shared", sender: owner.phone, text: "hi", participants: [owner.phone, member.phone] });
    const { account, text } = await exported(member.token);
    expect(text).not.toContain("canary");
    for (const phone of [owner.phone, stranger]) expect(text).not.toContain(phone.slice(1));
    expect(text).not.toContain(owner.userId);
    expect(account.auditEvents).toMatchObject([{ action: "PROVIDER_KEY_ADDED", details: { label: "of the member" } }]);
    expect(account.memberships.map(({ role }) => role).sort()).toEqual(["ADMIN", "OWNER"]);
  });

  test("of organizations that one has left it holds what one did there, and nothing of theirs", async () => {
    const owner = await server.signIn();
    const member = await server.signInMember(owner, "ADMIN");
    const organizations = requestsOf(server);
    const key = {
      organizationId: owner.organizationId,
      provider: "openai",
      apiKey: "sk-0123456789",
      label: "internal",
    };
    await organizations.addProviderKey(key, { token: member.token });
    const { members } = (await organizations.organization(owner.organizationId, { token: owner.token })).data
      .organization;
    const left = members.find(({ userId }) => userId === member.userId);
    await organizations.removeMember(left?.id, { token: owner.token });
    const { account, text } = await exported(member.token);
    expect(account.auditEvents).toMatchObject([{ action: "PROVIDER_KEY_ADDED", details: null, ipAddress: null }]);
    expect(text).not.toContain("internal");
  });

  test("is RATE_LIMITED after five within an hour, with the seconds to wait, for this person alone", async () => {
    const [busy, other] = [await server.signIn(), await server.signIn()];
    const all = await Promise.all(Array.from({ length: 8 }, () => requests.exportAccount({ token: busy.token })));
    const refusals = all.filter(({ code }) => code !== null);
    expect(refusals.map(({ code }) => code)).toEqual(Array(3).fill("RATE_LIMITED"));
    for (const { errors } of refusals) {
      expect(errors[0]?.extensions?.retryAfter).toBeGreaterThan(3500);
      expect(errors[0]?.extensions?.retryAfter).toBeLessThanOrEqual(3600);
    }
    expect((await requests.exportAccount({ token: other.token })).code).toBeNull();
    await server.admin.query("update cloakroom.account_exports set exported_at = exported_at - interval '1 hour'");
    expect((await requests.exportAccount({ token: busy.token })).code).toBeNull();
  });

  test("over 64 MiB it is BAD_USER_INPUT in a sentence, before anything is opened", async () => {
    const person = await server.signIn();
    await ingest({ chatGuid: "long", sender: person.phone, text: "x", participants: [person.phone] });
    await server.admin.query(
      `update cloakroom.messages set text_sealed = repeat('x', 100000000)
       where conversation_id in (select conversation_id from cloakroom.participants p join cloakroom.users u
         on u.phone_hash = p.handle_hash where u.id = $1)`,
      [person.userId],
    );
    const { code, text } = await requests.exportAccount({ token: person.token });
    expect(code).toBe("BAD_USER_INPUT");
    expect(text).toMatch(/more than 64 MiB/);
  });

  test("is UNAUTHENTICATED without a live session", async () => {
    const { token } = await server.signIn();
    await server.graphql("mutation { revokeSession }", {}, { token });
    for (const one of [token, undefined])
      expect((await requests.exportAccount({ token: one })).code).toBe("UNAUTHENTICATED");
  });

  test("leaves nothing of what it opened in the log", async () => {
    const { token, phone } = await server.signIn();
    await requests.setTrait({ name: "t", value: "canary-exported-trait" }, { token });
    const { text } = await exported(token);
    expect(text).toContain("canary-exported-trait");
    expect(server.output()).not.toMatch(/canary-exported-trait/);
    expect(server.output()).not.toContain(phone.slice(1));
  });
});

describe("exportAccount where reveals need a fresh code", () => {
  test("is FORBIDDEN with reason REAUTHENTICATE after an old one, and so is deleteAccount", async () => {
    const server = await startTestServer({ REVEAL_MAX_AUTH_AGE_SECONDS: "60" });
    try {
      const requests = profileRequestsOf(server);
      const { token } = await server.signIn();
      expect((await requests.exportAccount({ token })).code).toBeNull();
      await server.admin.query("update cloakroom.sessions set authenticated_at = now() - interval '2 minutes'");
      for (const ask of [requests.exportAccount, requests.deleteAccount]) {
        const { code, errors } = await ask({ token });
        expect([code, errors[0]?.extensions?.reason]).toEqual(["FORBIDDEN", "REAUTHENTICATE"]);
      }
      expect((await requests.person({ token })).code).toBeNull();
    } finally {
      await server.close();
    }
  });
});
