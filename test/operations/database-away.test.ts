import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createPostgresDatabase } from "../../src/database/postgres.js";
import { createDatabaseLink, type DatabaseLink } from "../support/database-link.js";
import { startTestServer, type TestServer } from "../support/server.js";
import { canariesIn } from "../support/table-dump.js";
import { threadRequests } from "../support/thread-requests.js";

const credentials = [{ name: "api_key", value: "canary-of-a-credential" }];

describe("while the database is away", () => {
  let server: TestServer;
  let link: DatabaseLink;
  let thread: ReturnType<typeof threadRequests>;
  let session: string;
  let file: string;

  beforeAll(async () => {
    server = await startTestServer(
      {},
      {
        async reach({ url, rootKey }) {
          link = await createDatabaseLink(url);
          return createPostgresDatabase({ url: link.url, rootKey, poolSize: 4, log: () => undefined });
        },
      },
    );
    thread = threadRequests(server);
    file = path.join(server.dataDirectory, "progress.json");
  });
  afterAll(() => server?.close());

  beforeEach(async () => {
    const { data } = await thread.connect(null, credentials);
    session = data.connect.threadSession ?? "";
    await thread.saveThread(session, { threadUrl: "https://example.com/t", currentDay: 1, progress: { before: true } });
  });

  it("progress goes on in a sealed file of mode 0600, says that it is not durable, and comes back whole", async () => {
    await link.cut();
    const saved = await thread.saveThread(session, { progress: { note: "canary-of-progress" } });
    expect(saved.data.saveThread).toMatchObject({
      threadUrl: "https://example.com/t",
      currentDay: 1,
      progress: { note: "canary-of-progress" },
    });
    await thread.saveThread(session, { currentDay: 2 });
    const away = (await thread.connectedAccount(session)).data.connectedAccount;
    expect(away).toMatchObject({ durable: false, credentials: [], connectedAt: null });
    expect(away?.thread).toMatchObject({ currentDay: 2, progress: { note: "canary-of-progress" } });

    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const kept = await readFile(file, "utf8");
    expect(canariesIn(kept + server.output(), ["canary", "example.com", session])).toEqual([]);

    await link.mend();
    await vi.waitFor(() => expect(stat(file)).rejects.toThrow("ENOENT"), { timeout: 20_000, interval: 50 });
    const back = (await thread.connectedAccount(session)).data.connectedAccount;
    expect(back).toMatchObject({
      durable: true,
      credentials: [{ name: "api_key" }],
      thread: { threadUrl: "https://example.com/t", currentDay: 2, progress: { note: "canary-of-progress" } },
    });
  });

  it("credentials go nowhere, and every other call is UNAVAILABLE in bounded time", async () => {
    const person = await server.signIn();
    await link.cut();
    const began = performance.now();
    const codes = await Promise.all([
      thread.connect(null, credentials),
      thread.connect(session, credentials),
      thread.disconnect(session),
      server.graphql("{ me { id } }", {}, { token: person.token }),
      ...Array.from({ length: 50 }, () => server.graphql("{ organizations { id } }", {}, { token: person.token })),
    ]);
    expect(new Set(codes.map(({ code }) => code))).toEqual(new Set(["UNAVAILABLE"]));
    expect(performance.now() - began).toBeLessThan(15_000);
    await expect(stat(file)).rejects.toThrow("ENOENT");
    const mended = performance.now();
    await link.mend();
    const first = () => server.graphql("{ me { id } }", {}, { token: person.token });
    await vi.waitFor(async () => expect((await first()).code).toBe(null), { timeout: 20_000, interval: 50 });
    expect(performance.now() - mended).toBeLessThan(15_000);
    expect(server.output()).toContain('"alert":"database_away"');
  });

  it("what was saved later in the database is not undone by what the file holds", async () => {
    await link.cut();
    await thread.saveThread(session, { currentDay: 5 });
    await server.admin.query(
      "update cloakroom.threads set current_day = 7, thread_updated_at = now() + interval '1 minute'",
    );
    await link.mend();
    await vi.waitFor(() => expect(stat(file)).rejects.toThrow("ENOENT"), { timeout: 20_000, interval: 50 });
    expect((await thread.connectedAccount(session)).data.connectedAccount?.thread?.currentDay).toBe(7);
  });

  it("a first save after its return goes on top of what the file holds", async () => {
    await link.cut();
    await thread.saveThread(session, { progress: { kept: "in the file" } });
    await link.mend();
    await vi.waitFor(async () => {
      const { data } = await thread.saveThread(session, { currentDay: 9 });
      expect(data?.saveThread).toMatchObject({ currentDay: 9, progress: { kept: "in the file" } });
      await expect(stat(file)).rejects.toThrow("ENOENT");
    }, 20_000);
    expect((await thread.connectedAccount(session)).data.connectedAccount?.thread).toMatchObject({
      currentDay: 9,
      progress: { kept: "in the file" },
    });
  });

  it("what a killed process left in the file is merged by the next, once", async () => {
    await link.cut();
    await thread.saveThread(session, { currentDay: 4 });
    const left = await readFile(file, "utf8");
    await link.mend();
    await vi.waitFor(() => expect(stat(file)).rejects.toThrow("ENOENT"), { timeout: 20_000, interval: 50 });
    await thread.saveThread(session, { currentDay: 6 });
    const next = await server.startReplica({ "progress.json": left });
    await vi.waitFor(async () => expect(await next.dataFiles()).toEqual([]), { timeout: 20_000, interval: 50 });
    expect((await thread.connectedAccount(session)).data.connectedAccount?.thread?.currentDay).toBe(6);
  });
});

describe("guessing thread sessions", () => {
  it("ends after sixty misses in a minute from one address, and is counted", async () => {
    const server = await startTestServer();
    const thread = threadRequests(server);
    const guess = (n: number) => thread.connectedAccount(`${n}`.padStart(43, "A"));
    const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => guess(n)));
    expect(new Set(answers.map(({ code, data }) => `${code} ${data?.connectedAccount}`))).toEqual(
      new Set(["null null"]),
    );
    expect((await guess(61)).code).toBe("RATE_LIMITED");
    const save = await thread.saveThread("B".repeat(43), { currentDay: 1 });
    expect([save.code, save.errors[0]?.extensions?.retryAfter]).toEqual(["RATE_LIMITED", expect.any(Number)]);
    expect((await thread.connect(null, credentials)).code).toBe(null);
    await server.close();
  });
});
