import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Requests, requestsOf } from "../support/requests.js";
import { startTestServer, type TestServer } from "../support/server.js";

describe("session", () => {
  let server: TestServer;
  let requests: Requests;
  beforeAll(async () => {
    server = await startTestServer();
    requests = requestsOf(server);
  });
  afterAll(() => server.close());

  test("answers the caller's own session, the address masked", async () => {
    const { token, sessionId } = await server.signIn();
    const { data, text } = await requests.session({ token });
    expect(data.session).toMatchObject({ id: sessionId, current: true, ipAddress: "••••••••" });
    expect(text).not.toContain("127.0.0.1");
  });

  test("is null, and no error, for nobody, for a token that is none, and for a session that has ended", async () => {
    const { token } = await server.signIn();
    await requests.revokeSession(null, { token });
    for (const one of [undefined, "not-a-token", token]) {
      const { data, errors } = await requests.session({ token: one });
      expect([data.session, errors]).toEqual([null, []]);
    }
  });
});
