import { generateKeyPairSync, randomUUID } from "node:crypto";
import jsonwebtoken from "jsonwebtoken";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type Requests, refused, requestsOf, type UserAnswer } from "../support/requests.js";
import { newPhone, startTestServer, type TestServer } from "../support/server.js";
import { type Issuer, makeProjectKey, type ProjectKey, startIssuer } from "../support/supabase-auth.js";
import { canariesIn, tableDump } from "../support/table-dump.js";

let issuer: Issuer;
let key: ProjectKey;
let server: TestServer;
let requests: Requests;
beforeAll(async () => {
  issuer = await startIssuer();
  key = await makeProjectKey();
  issuer.publish(key);
  server = await startTestServer({
    SUPABASE_URL: issuer.url,
    DATABASE_DRIVER: "postgres",
    DATABASE_URL: "postgres://unused.invalid/db",
  });
  requests = requestsOf(server);
});
afterEach(() => vi.useRealTimers());
afterAll(async () => {
  await server.close();
  await issuer.close();
});

/** Somebody who signed up with Supabase Auth and has not called yet. */
async function newcomer(claims: Record<string, unknown> = {}, by = key) {
  const all = issuer.claims(claims);
  return { token: await by.sign(all), userId: all.sub, sessionId: all.session_id };
}
const usersCalled = async (id: string) =>
  (await server.admin.query("select from cloakroom.users where id = $1", [id])).rowCount;

describe("somebody who signed up with Supabase Auth", () => {
  test("is signed in with their first request: profile, organization and session are theirs", async () => {
    const phone = newPhone();
    const { token, userId, sessionId } = await newcomer({ phone: phone.slice(1), email: "a@example.com" });
    const { data } = await requests.me({ token });
    expect(data.me).toMatchObject({ id: userId, name: null, phone: `+1••••••••${phone.slice(-2)}` });
    expect(data.me.organizations).toMatchObject([{ name: "Personal", role: "OWNER" }]);
    const session = (await requests.session({ token })).data.session;
    expect(session).toMatchObject({ id: sessionId, current: true, rememberMe: true, ipAddress: "••••••••" });
    expect((await requests.sessions({ token })).data.sessions).toEqual([session]);
  });

  test("may use what every user may", async () => {
    const { token } = await newcomer();
    const { data } = await requests.createOrganization({ name: "Made first" }, { token });
    const organizationId = data.createOrganization.id;
    const added = await requests.addMember({ organizationId, phone: newPhone(), role: "VIEWER" }, { token });
    expect(added.code).toBeNull();
    const input = { organizationId, provider: "openai", apiKey: "sk-canary-0123456789", label: "ours" };
    expect((await requests.addProviderKey(input, { token })).data.addProviderKey.apiKey).toBe("••••••••6789");
  });

  test("may begin a session by asking a model", async () => {
    const { token, userId } = await newcomer();
    const { data } = await requests.createOrganization({ name: "Asks" }, { token });
    const again = await newcomer({ sub: userId });
    const answer = await fetch(`${server.url}/v1/chat/completions`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${again.token}`,
        "content-type": "application/json",
        "x-organization-id": data.createOrganization.id,
      },
      body: JSON.stringify({ model: "any", messages: [{ role: "user", content: "Hello" }] }),
    });
    // Let in, and told that there is no key.
    expect([answer.status, ((await answer.json()) as { error: { field: string } }).error.field]).toEqual([
      400,
      "provider",
    ]);
  });

  test("is made once by first calls that come together, in one request and in many", async () => {
    const { token, userId } = await newcomer({ phone: newPhone().slice(1) });
    const query =
      "{ a: me { id organizations { id } } b: me { id } session { id } sessions { id } organizations { id } }";
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => server.graphql<{ a: UserAnswer }>(query, {}, { token })),
    );
    expect(answers.map(({ errors }) => errors)).toEqual([[], [], [], []]);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers[0]?.data.a).toMatchObject({ id: userId, organizations: [{}] });
  });

  test("is refused at once where they revoke the session, here or from another, whatever token comes for it", async () => {
    const claims = issuer.claims();
    const [token, renewed] = [await key.sign(claims), await key.sign({ ...claims, iat: claims.iat, amr: [] })];
    expect((await requests.revokeSession(null, { token })).data.revokeSession).toBe(true);
    for (const ended of [token, renewed, token]) {
      expect((await requests.me({ token: ended })).code).toBe("UNAUTHENTICATED");
      expect((await requests.session({ token: ended })).data.session).toBeNull();
    }
    const other = await newcomer({ sub: claims.sub });
    const third = await newcomer({ sub: claims.sub });
    await requests.me({ token: third.token });
    expect((await requests.sessions({ token: other.token })).data.sessions).toHaveLength(2);
    expect((await requests.revokeSession(third.sessionId, { token: other.token })).data.revokeSession).toBe(true);
    expect((await requests.me({ token: third.token })).code).toBe("UNAUTHENTICATED");
    expect((await requests.me({ token: other.token })).code).toBeNull();
  });

  test("cannot end another's session, nor be found by its id", async () => {
    const [one, two] = [await newcomer(), await newcomer()];
    await requests.me({ token: two.token });
    expect(refused(await requests.revokeSession(two.sessionId, { token: one.token })).code).toBe("NOT_FOUND");
    const thief = await newcomer({ session_id: two.sessionId });
    expect((await requests.me({ token: thief.token })).code).toBe("UNAUTHENTICATED");
    expect(await usersCalled(thief.userId)).toBe(0);
  });

  test("may come with a token of the project's secret, or of another algorithm", async () => {
    const claims = issuer.claims({ phone: newPhone().slice(1) });
    const token = jsonwebtoken.sign(claims, server.config.supabaseJwtSecret ?? "", { keyid: "legacy" });
    expect((await requests.me({ token })).data.me.id).toBe(claims.sub);
    expect((await requests.me({ token: await key.sign(claims) })).data.me.id).toBe(claims.sub);
    expect((await requests.sessions({ token })).data.sessions).toHaveLength(1);
  });

  test("is nobody while they are anonymous, and nothing is kept of them", async () => {
    const { token, userId } = await newcomer({ is_anonymous: true });
    expect((await requests.me({ token })).code).toBe("UNAUTHENTICATED");
    expect((await requests.session({ token })).data.session).toBeNull();
    expect(await usersCalled(userId)).toBe(0);
  });

  test("leaves no phone, address or token in the log or the tables", async () => {
    const phone = newPhone().slice(1);
    const { token } = await newcomer({ phone, email: "canary@example.com", user_metadata: { name: "canary-name" } });
    await requests.me({ token });
    const canaries = [phone, "canary@example.com", "canary-name", token.slice(-40), "127.0.0.1"];
    expect(canariesIn(await tableDump(server.admin), canaries)).toEqual([]);
    expect(canariesIn(server.output(), canaries)).toEqual([]);
  });
});

describe("the keys of the project", () => {
  test("may be rotated while the server runs: the new one is taken, the old one no longer", async () => {
    const [before, next] = [await newcomer(), await makeProjectKey("RS256")];
    expect((await requests.me({ token: before.token })).code).toBeNull();
    issuer.publish(next);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 31_000 });
    const after = await newcomer({}, next);
    expect((await requests.me({ token: after.token })).data.me.id).toBe(after.userId);
    expect((await requests.me({ token: before.token })).code).toBe("UNAUTHENTICATED");
    issuer.publish(key, next);
    vi.setSystemTime(Date.now() + 31_000);
    expect((await requests.me({ token: before.token })).data.me.id).toBe(before.userId);
  });

  test("that cannot be had refuse their own tokens alone", async () => {
    const { token } = await newcomer();
    await issuer.goAway();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 700_000 });
    expect((await requests.me({ token })).code).toBe("UNAUTHENTICATED");
    const here = await server.signIn();
    expect((await requests.me({ token: here.token })).data.me.id).toBe(here.userId);
    await issuer.comeBack();
    vi.setSystemTime(Date.now() + 6_000);
    expect((await requests.me({ token })).code).toBeNull();
  });
});

describe("our own tokens beside them", () => {
  test("never bring back a session whose row is gone", async () => {
    const { token, sessionId, userId } = await server.signIn();
    await server.admin.query("delete from cloakroom.sessions where id = $1", [sessionId]);
    expect((await requests.me({ token })).code).toBe("UNAUTHENTICATED");
    await server.admin.query("delete from cloakroom.ended_sessions where session_id = $1", [sessionId]);
    await server.admin.query("delete from cloakroom.users where id = $1", [userId]);
    expect((await requests.me({ token })).code).toBe("UNAUTHENTICATED");
    expect(await usersCalled(userId)).toBe(0);
  });

  test("are ES256 under a key that was imported into the project, which is then all that is needed", async () => {
    const kid = randomUUID();
    const jwk = { ...generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" }), kid };
    const own = await startTestServer({
      SUPABASE_URL: issuer.url,
      DATABASE_DRIVER: "postgres",
      DATABASE_URL: "postgres://unused.invalid/db",
      SUPABASE_JWT_SECRET: "",
      SUPABASE_JWT_PRIVATE_KEY: JSON.stringify(jwk),
    });
    try {
      const { token, userId, refreshToken } = await own.signIn();
      expect(jsonwebtoken.decode(token, { complete: true })?.header).toEqual({ alg: "ES256", typ: "JWT", kid });
      const ask = requestsOf(own);
      expect((await ask.me({ token })).data.me.id).toBe(userId);
      const { data } = await ask.refreshSession({ refreshToken });
      expect((await ask.me({ token: data.refreshSession.accessToken })).data.me.id).toBe(userId);
      expect((await ask.me({ token: (await newcomer()).token })).code).toBeNull();
      const secrets = ["", "null", "undefined", JSON.stringify(jwk), kid, "test-jwt-secret-of-forty-characters-0123"];
      for (const secret of secrets.filter(Boolean)) {
        const forged = jsonwebtoken.sign(issuer.claims({ sub: userId }), secret, { keyid: kid });
        expect((await ask.me({ token: forged })).code).toBe("UNAUTHENTICATED");
      }
      expect(own.output()).not.toContain(jwk.d);
    } finally {
      await own.close();
    }
  });
});
