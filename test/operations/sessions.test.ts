import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Requests, requestsOf } from "../support/requests.js";
import { startTestServer, type TestServer } from "../support/server.js";

describe("sessions", () => {
  let server: TestServer;
  let requests: Requests;
  beforeAll(async () => {
    server = await startTestServer({ OTP_RESEND_SECONDS: "0" });
    requests = requestsOf(server);
  });
  afterAll(() => server.close());

  test("answers one's live sessions, newest first, and says which is this one", async () => {
    const first = await server.signIn();
    const second = await server.signIn(first.phone);
    const ended = await server.signIn(first.phone);
    await server.signIn();
    await requests.revokeSession(ended.sessionId, { token: first.token });
    const { data } = await requests.sessions({ token: first.token });
    expect(data.sessions.map(({ id, current }) => [id, current])).toEqual([
      [second.sessionId, false],
      [first.sessionId, true],
    ]);
  });

  test("nobody signed in is UNAUTHENTICATED", async () => {
    expect((await requests.sessions()).code).toBe("UNAUTHENTICATED");
  });
});
