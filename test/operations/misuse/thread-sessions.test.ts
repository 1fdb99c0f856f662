import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../../support/server.js";
import { threadRequests } from "../../support/thread-requests.js";

const credentials = [{ name: "api_key", value: "a credential of sixteen characters or more" }];
const madeUp = (n: number) => `${n}`.padStart(43, "M");
const times = <Answer>(count: number, ask: (n: number) => Promise<Answer>) =>
  Promise.all(Array.from({ length: count }, (_, n) => ask(n)));

describe("whoever tries thread sessions", () => {
  let server: TestServer;
  let thread: ReturnType<typeof threadRequests>;
  beforeEach(async () => {
    server = await startTestServer({ ALERT_FAILURES: "50" });
    thread = threadRequests(server);
  });
  afterEach(() => server.close());

  const limitedOf = (answers: { code: string | null }[]) =>
    answers.filter(({ code }) => code === "RATE_LIMITED").length;

  it("gets sixty in a minute, however many they try at once", async () => {
    const answers = await times(200, (n) => thread.connectedAccount(madeUp(n)));
    expect(limitedOf(answers)).toBe(140);
    expect(server.output().match(/"alert":"failure_spike"/g)).toHaveLength(1);
  });

  it("gets no further by any of the four operations", async () => {
    await times(60, (n) => thread.connectedAccount(madeUp(n)));
    const answers = await Promise.all([
      thread.connectedAccount(madeUp(101)),
      thread.saveThread(madeUp(102), { currentDay: 1 }),
      thread.connect(madeUp(103), credentials),
      thread.disconnect(madeUp(104)),
    ]);
    expect(limitedOf(answers)).toBe(4);
  });

  it("keeps nobody on the same network from a session that stood before, nor from a new one", async () => {
    const { data } = await thread.connect(null, credentials);
    const own = data.connect.threadSession ?? "";
    expect((await thread.saveThread(own, { currentDay: 1 })).code).toBe(null);
    await times(80, (n) => thread.connectedAccount(madeUp(n)));
    expect((await thread.saveThread(own, { currentDay: 2 })).code).toBe(null);
    expect((await thread.connectedAccount(own)).data.connectedAccount?.thread?.currentDay).toBe(2);
    expect((await thread.connect(null, credentials)).code).toBe(null);
  });

  it("is not whoever asks often for their own, connected or not", async () => {
    const { data } = await thread.connect(null, credentials);
    const own = data.connect.threadSession ?? "";
    await thread.disconnect(own);
    expect(limitedOf(await times(100, () => thread.connectedAccount(own)))).toBe(0);
    expect(server.output()).not.toContain("failure_spike");
  });

  it("may bring a session of their own making, which is then theirs like any other", async () => {
    const { data } = await thread.connect(madeUp(1), credentials);
    expect(data.connect).toMatchObject({ threadSession: null, account: { credentials: [{ name: "api_key" }] } });
    expect((await thread.saveThread(madeUp(1), { currentDay: 3 })).data.saveThread.currentDay).toBe(3);
    expect((await thread.disconnect(madeUp(1))).data.disconnect).toEqual({ disconnected: true, credentialsDeleted: 1 });
  });
});
