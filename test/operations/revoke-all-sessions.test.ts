import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Requests, requestsOf } from "../support/requests.js";
import { type Person, startTestServer, type TestServer } from "../support/server.js";

describe("revokeAllSessions", () => {
  let server: TestServer;
  let requests: Requests;
  beforeAll(async () => {
    server = await startTestServer({ OTP_RESEND_SECONDS: "0", OTP_PER_PHONE_PER_HOUR: "1000" });
    requests = requestsOf(server);
  });
  afterAll(() => server.close());

  async function threeSessions(): Promise<[Person, Person, Person]> {
    const first = await server.signIn();
    return [first, await server.signIn(first.phone), await server.signIn(first.phone)];
  }
  const lives = async ({ token }: Person) => (await requests.session({ token })).data.session !== null;

  test("ends every other session of the caller, says how many, and leaves this one", async () => {
    const [here, ...others] = await threeSessions();
    const stranger = await server.signIn();
    expect((await requests.revokeAllSessions(undefined, { token: here.token })).data.revokeAllSessions).toBe(2);
    expect(await Promise.all([here, stranger, ...others].map(lives))).toEqual([true, true, false, false]);
    expect((await requests.revokeAllSessions(false, { token: here.token })).data.revokeAllSessions).toBe(0);
  });

  test("ends this one too when told, and counts it", async () => {
    const all = await threeSessions();
    expect((await requests.revokeAllSessions(true, { token: all[0].token })).data.revokeAllSessions).toBe(3);
    expect(await Promise.all(all.map(lives))).toEqual([false, false, false]);
  });

  test("stops access tokens and refresh tokens at once, on every server of the database", async () => {
    const replica = requestsOf({ ...server, ...(await server.startReplica()) });
    const [here, other] = await threeSessions();
    expect((await replica.me({ token: other.token })).code).toBeNull();
    await requests.revokeAllSessions(undefined, { token: here.token });
    expect((await replica.me({ token: other.token })).code).toBe("UNAUTHENTICATED");
    expect((await replica.refreshSession({ refreshToken: other.refreshToken })).code).toBe("UNAUTHENTICATED");
  });

  test("two at once from two sessions: one session at most is left", async () => {
    const all = await threeSessions();
    const answers = await Promise.all(all.map(({ token }) => requests.revokeAllSessions(false, { token })));
    for (const { code } of answers) expect([null, "UNAUTHENTICATED"]).toContain(code);
    expect((await Promise.all(all.map(lives))).filter(Boolean).length).toBeLessThanOrEqual(1);
  });

  test("nobody signed in, and a session that has ended, are UNAUTHENTICATED", async () => {
    const { token } = await server.signIn();
    await requests.revokeAllSessions(true, { token });
    expect((await requests.revokeAllSessions()).code).toBe("UNAUTHENTICATED");
    expect((await requests.revokeAllSessions(true, { token })).code).toBe("UNAUTHENTICATED");
  });
});
