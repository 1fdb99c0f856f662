import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../support/server.js";
import { threadRequests } from "../support/thread-requests.js";

describe("disconnect", () => {
  let test: TestServer;
  let requests: ReturnType<typeof threadRequests>;
  beforeAll(async () => {
    test = await startTestServer();
    requests = threadRequests(test);
  });
  afterAll(() => test.close());

  const credentials = ["a", "b"].map((name) => ({ name, value: "a credential" }));
  const connected = async () => {
    const session = (await requests.connect(null, credentials)).data.connect.threadSession;
    await requests.saveThread(session, { currentDay: 7 });
    return session;
  };

  it("deletes the credentials and keeps the progress for the next connection", async () => {
    const session = await connected();
    expect((await requests.disconnect(session)).data.disconnect).toEqual({ disconnected: true, credentialsDeleted: 2 });
    expect((await requests.saveThread(session, { currentDay: 8 })).code).toBe("NOT_FOUND");
    const again = await requests.connect(session, credentials.slice(0, 1));
    expect(again.data.connect.account).toMatchObject({ credentials: [{ name: "a" }], thread: { currentDay: 7 } });
  });

  it("forgets the progress too when told", async () => {
    const session = await connected();
    await requests.disconnect(session, { forgetThread: true });
    expect((await requests.connect(session, credentials)).data.connect.account.thread).toBeNull();
  });

  it("answers that nothing was connected the second time, and without a session", async () => {
    const session = await connected();
    await requests.disconnect(session);
    const nothing = { disconnected: false, credentialsDeleted: 0 };
    expect((await requests.disconnect(session, {})).data.disconnect).toEqual(nothing);
    expect((await requests.disconnect(null)).data.disconnect).toEqual(nothing);
  });
});
