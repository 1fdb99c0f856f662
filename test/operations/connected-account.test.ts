import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../support/server.js";
import { threadRequests } from "../support/thread-requests.js";

const value = "canary-credential-77aa-tail";

describe("connectedAccount", () => {
  let test: TestServer;
  let requests: ReturnType<typeof threadRequests>;
  let session = "";
  beforeAll(async () => {
    test = await startTestServer();
    requests = threadRequests(test);
    session = (await requests.connect(null, [{ name: "api_key", value }])).data.connect.threadSession ?? "";
  });
  afterAll(() => test.close());

  it("answers what the holder of the session has stored, masked", async () => {
    const { data, text } = await requests.connectedAccount(session);
    expect(data.connectedAccount?.credentials).toMatchObject([{ name: "api_key", value: "••••••••tail" }]);
    expect(text).not.toContain(value);
  });

  it("is null without a session, for an unknown one, and after disconnecting", async () => {
    expect((await requests.connectedAccount(null)).data).toEqual({ connectedAccount: null });
    expect((await requests.connectedAccount(randomBytes(32).toString("base64url"))).data).toEqual({
      connectedAccount: null,
    });
    const other = (await requests.connect(null, [{ name: "a", value }])).data.connect.threadSession;
    await requests.disconnect(other);
    expect((await requests.connectedAccount(other)).data).toEqual({ connectedAccount: null });
  });

  it("refuses a session in another form", async () => {
    const { code, errors } = await requests.connectedAccount("not a session");
    expect([code, errors[0]?.extensions?.field]).toEqual(["BAD_USER_INPUT", "x-thread-session"]);
  });

  it("says that it cannot open what was tampered with, and nothing of it", async () => {
    const tampered = (await requests.connect(null, [{ name: "tampered", value }])).data.connect.threadSession;
    await test.admin.query("update cloakroom.thread_credentials set token = reverse(token) where name = 'tampered'");
    const { code, text } = await requests.connectedAccount(tampered);
    expect(code).toBe("INTERNAL_SERVER_ERROR");
    expect(text).not.toMatch(/canary|gAAAA|AAAAAg|stack/);
  });
});
