import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../support/server.js";
import { canariesIn, tableDump } from "../support/table-dump.js";
import { threadRequests } from "../support/thread-requests.js";

const threadUrl = "https://example.com/canary-thread-8c1e";

describe("saveThread", () => {
  let test: TestServer;
  let requests: ReturnType<typeof threadRequests>;
  let session = "";
  beforeAll(async () => {
    test = await startTestServer();
    requests = threadRequests(test);
    session =
      (await requests.connect(null, [{ name: "api_key", value: "a credential" }])).data.connect.threadSession ?? "";
  });
  afterAll(() => test.close());

  it("answers an empty progress of day 0 where nothing was given", async () => {
    expect((await requests.saveThread(session, {})).data.saveThread).toMatchObject({
      threadUrl: null,
      currentDay: 0,
      progress: {},
    });
  });

  it("keeps what is left out, and null takes the address away", async () => {
    const progress = { snake_key: { nested: ["canary-progress-2b7f", 1, null] } };
    await requests.saveThread(session, { threadUrl, currentDay: 2, progress });
    const saved = await requests.saveThread(session, { currentDay: 3 });
    expect(saved.data.saveThread).toMatchObject({ threadUrl, currentDay: 3, progress });
    expect((await requests.connectedAccount(session)).data.connectedAccount?.thread).toEqual(saved.data.saveThread);
    expect((await requests.saveThread(session, { threadUrl: null })).data.saveThread).toMatchObject({
      threadUrl: null,
      currentDay: 3,
      progress,
    });
  });

  it("refuses where nothing is connected", async () => {
    expect((await requests.saveThread(null, { currentDay: 1 })).code).toBe("UNAUTHENTICATED");
    const stranger = randomBytes(32).toString("base64url");
    expect((await requests.saveThread(stranger, { currentDay: 1 })).code).toBe("NOT_FOUND");
  });

  it("refuses a negative day, another address than http, and more than 256 KiB", async () => {
    const cases: [object, string][] = [
      [{ currentDay: -1 }, "input.currentDay"],
      [{ threadUrl: "ftp://example.com" }, "input.threadUrl"],
      [{ threadUrl: "example.com/x" }, "input.threadUrl"],
      [{ threadUrl: "" }, "input.threadUrl"],
      [{ threadUrl: `https://example.com/${"x".repeat(2000)}` }, "input.threadUrl"],
      [{ progress: { text: "x".repeat(262_144) } }, "input.progress"],
    ];
    for (const [input, field] of cases) {
      const { code, errors } = await requests.saveThread(session, input);
      expect([code, errors[0]?.extensions?.field]).toEqual(["BAD_USER_INPUT", field]);
    }
  });

  it("leaves address and progress in no table and no log line", async () => {
    await requests.saveThread(session, { threadUrl, progress: { note: "canary-progress-2b7f" } });
    const canaries = [threadUrl, "canary-thread-8c1e", "canary-progress-2b7f"];
    expect(canariesIn(await tableDump(test.admin), canaries)).toEqual([]);
    expect(canariesIn(test.output(), canaries)).toEqual([]);
  });
});
