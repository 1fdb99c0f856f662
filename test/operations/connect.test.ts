import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../support/server.js";
import { canariesIn, tableDump } from "../support/table-dump.js";
import { threadRequests } from "../support/thread-requests.js";

const canary = "canary-credential-5d20-last";

describe("connect", () => {
  let test: TestServer;
  let requests: ReturnType<typeof threadRequests>;
  beforeAll(async () => {
    test = await startTestServer();
    requests = threadRequests(test);
  });
  afterAll(() => test.close());

  it("opens a session and answers it once, and the credentials masked", async () => {
    const { data } = await requests.connect(null, [
      { name: "bearer_token", value: canary },
      { name: "api_key", value: "short" },
    ]);
    const { threadSession, account } = data.connect;
    expect(threadSession).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(account).toMatchObject({
      durable: true,
      thread: null,
      credentials: [
        { name: "api_key", value: "••••••••" },
        { name: "bearer_token", value: "••••••••last" },
      ],
    });
    const again = await requests.connect(threadSession, [{ name: "more", value: "and longer than twelve" }]);
    expect(again.data.connect.threadSession).toBeNull();
    expect(again.data.connect.account.credentials.map(({ name }) => name)).toEqual(["api_key", "bearer_token", "more"]);
    expect(again.data.connect.account.connectedAt).toBe(account.connectedAt);
  });

  it("refuses what is out of bounds, naming the field and not the value", async () => {
    const value = "a value";
    const cases: [object[], string][] = [
      [[], "input.credentials"],
      [[{ name: "", value }], "input.credentials.0.name"],
      [[{ name: "a", value: "" }], "input.credentials.0.value"],
      [
        [
          { name: "a", value },
          { name: "a", value },
        ],
        "input.credentials.1.name",
      ],
      [
        [
          { name: "a", value },
          { name: "b", value: `${canary}${"é".repeat(8192)}` },
        ],
        "input.credentials.1.value",
      ],
      [Array.from({ length: 51 }, (_, index) => ({ name: `n${index}`, value })), "input.credentials"],
    ];
    for (const [credentials, field] of cases) {
      const { code, errors, text } = await requests.connect(null, credentials);
      expect([code, errors[0]?.extensions?.field]).toEqual(["BAD_USER_INPUT", field]);
      expect(canariesIn(text, [canary])).toEqual([]);
    }
  });

  it("takes a credential of 16 KiB, and refuses a session in another form", async () => {
    const { code } = await requests.connect(null, [{ name: "a", value: "x".repeat(16_384) }]);
    expect(code).toBeNull();
    for (const session of ["short", "x".repeat(44), `${"x".repeat(42)}=`]) {
      const { code, errors } = await requests.connect(session, [{ name: "a", value: "b" }]);
      expect([code, errors[0]?.extensions?.field]).toEqual(["BAD_USER_INPUT", "x-thread-session"]);
    }
  });

  it("leaves credential and session in no table and no log line", async () => {
    const { data } = await requests.connect(null, [{ name: "api_key", value: canary }]);
    const secrets = [canary, data.connect.threadSession ?? ""];
    expect(canariesIn(await tableDump(test.admin), secrets)).toEqual([]);
    expect(canariesIn(test.output(), secrets)).toEqual([]);
  });
});
