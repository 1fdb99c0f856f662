import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Requests, requestsOf, unknownIds } from "../support/requests.js";
import { startTestServer, type TestServer } from "../support/server.js";

describe("revokeSession", () => {
  let server: TestServer;
  let requests: Requests;
  beforeAll(async () => {
    server = await startTestServer({ OTP_RESEND_SECONDS: "0" });
    requests = requestsOf(server);
  });
  afterAll(() => server.close());

  test("without an id ends one's own session: its tokens stop at once", async () => {
    const { token, refreshToken } = await server.signIn();
    expect((await requests.revokeSession(undefined, { token })).data.revokeSession).toBe(true);
    expect((await requests.me({ token })).code).toBe("UNAUTHENTICATED");
    expect((await requests.refreshSession({ refreshToken })).code).toBe("UNAUTHENTICATED");
    expect((await requests.revokeSession(undefined, { token })).code).toBe("UNAUTHENTICATED");
  });

  test("ends another of one's own sessions and leaves this one", async () => {
    const first = await server.signIn();
    const second = await server.signIn(first.phone);
    expect((await requests.revokeSession(first.sessionId, { token: second.token })).data.revokeSession).toBe(true);
    expect((await requests.me({ token: first.token })).code).toBe("UNAUTHENTICATED");
    expect((await requests.me({ token: second.token })).code).toBeNull();
  });

  test("another person's session is not found, like one that does not exist, and lives on", async () => {
    const [me, stranger] = [await server.signIn(), await server.signIn()];
    for (const id of [stranger.sessionId, ...unknownIds.filter(Boolean)])
      expect((await requests.revokeSession(id, { token: me.token })).code).toBe("NOT_FOUND");
    expect((await requests.me({ token: stranger.token })).code).toBeNull();
  });

  test("an empty id is not taken for none: one's own session stays", async () => {
    const { token } = await server.signIn();
    expect((await requests.revokeSession("", { token })).code).toBe("NOT_FOUND");
    expect((await requests.me({ token })).code).toBeNull();
  });

  test("nobody signed in is UNAUTHENTICATED", async () => {
    expect((await requests.revokeSession(undefined)).code).toBe("UNAUTHENTICATED");
  });
});
