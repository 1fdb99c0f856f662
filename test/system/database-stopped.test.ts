import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { openDirectory } from "./support/checkout.js";
import { createRecordingClient, signIn } from "./support/client.js";
import { embeddedCluster } from "./support/cluster.js";
import { type StoppableCluster, startPostgres15 } from "./support/postgres-15.js";
import { eventually, pause, type ServerProcess, startServer } from "./support/server-process.js";
import { type Answer, createThreadHolder, repeat, timed } from "./support/thread-load.js";

const directory = openDirectory();
const dataDirectory = path.join(directory, "data");
const progressFile = path.join(dataDirectory, "progress.json");
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const start = (env: Record<string, string>, dataDir = dataDirectory) =>
  startServer({ command: ["node", "dist/main.js"], cwd: inject("checkout"), env: { DATA_DIR: dataDir, ...env } });

/** The days that the database holds, by those who saved them. */
const savedDays = async (holders: readonly { session: string }[], url: string) => {
  const days: number[] = [];
  for (const { session } of holders) {
    const client = createRecordingClient(url);
    const { connectedAccount } = await client.run<{
      connectedAccount: { durable: boolean; thread: { currentDay: number; progress: { day: number } } };
    }>("{ connectedAccount { durable thread { currentDay progress } } }", {}, { "x-thread-session": session });
    expect(connectedAccount.durable).toBe(true);
    expect(connectedAccount.thread.progress.day).toBe(connectedAccount.thread.currentDay);
    days.push(connectedAccount.thread.currentDay);
  }
  return days;
};

/** Clients who do what needs the database: reading, writing, signing in, connecting. */
async function createOthers(server: ServerProcess) {
  const client = createRecordingClient(server.url);
  const { organizationId } = await signIn(server, client);
  const operations = [
    ["{ me { id organizations { members { id } } } }", {}],
    [
      "mutation($input: CreateTableInput!) { createTable(input: $input) { id } }",
      { input: { organizationId, name: "Load" } },
    ],
    ['mutation { startVerification(input: { phone: "+14155550199" }) { expiresAt } }', {}],
    ["mutation($input: ConnectInput!) { connect(input: $input) { threadSession } }", { input: { credentials: [] } }],
  ] as const;
  return operations.map(([query, variables]) => {
    const answers: Answer[] = [];
    return { answers, ask: () => timed(answers, () => client.attempt(query, variables)) };
  });
}

describe("Postgres stopped under load, and started again", () => {
  let postgres: StoppableCluster;
  let server: ServerProcess;
  beforeAll(async () => {
    postgres = await startPostgres15();
    server = await start({ DATABASE_URL: postgres.url });
  });
  afterAll(async () => {
    await server.stop();
    postgres.stop();
  });

  it.each(["fast", "immediate"] as const)(
    "%s: the process lives, progress goes on and comes back whole, the rest is UNAVAILABLE in bounded time",
    async (mode) => {
      const holders = await Promise.all(Array.from({ length: 20 }, () => createThreadHolder(server.url)));
      const others = await createOthers(server);
      const [me] = others;
      const load = [
        ...holders.map(({ save }) => repeat(save)),
        ...others.flatMap(({ ask }) => [repeat(ask), repeat(ask)]),
      ];
      await pause(1_000);

      postgres.halt(mode);
      const away = performance.now();
      await pause(4_000);
      const askedSince = (since: number, { answers }: { answers: readonly Answer[] }) =>
        answers.filter(({ at }) => at > since).length;
      const isRefusedOften = () =>
        others.every((one) => askedSince(away, one) > 25) && holders.every((one) => askedSince(away, one) > 3);
      expect(await eventually(isRefusedOften, 30)).toBe(true);
      expect(await (await fetch(`${server.url}/healthz`)).text()).toContain("ok");
      expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
      expect(statSync(progressFile).mode & 0o777).toBe(0o600);
      const until = performance.now();
      postgres.resume();
      const back = performance.now();
      await pause(6_000);
      const isAnswered = () => me?.answers.some(({ code, at }) => code === null && at > back) === true;
      expect(await eventually(isAnswered, 15)).toBe(true);
      await Promise.all(load.map((stop) => stop()));

      const whileAway = ({ at, milliseconds }: Answer) => at > away && at + milliseconds < until;
      for (const { answers } of others) {
        const refused = answers.filter(whileAway);
        expect(refused.length).toBeGreaterThan(20);
        expect([...new Set(refused.map(({ code }) => code))]).toEqual(["UNAVAILABLE"]);
      }
      for (const { answers } of holders) {
        expect(answers.filter(whileAway).length).toBeGreaterThan(1);
        expect([...new Set(answers.map(({ code }) => code))]).toEqual([null]);
      }
      const all = [...others, ...holders].flatMap(({ answers }) => answers);
      expect(Math.max(...all.map(({ milliseconds }) => milliseconds))).toBeLessThan(15_000);
      const successes = me?.answers.filter(({ code, at }) => code === null && at > away) ?? [];
      expect((successes[0]?.at ?? Number.POSITIVE_INFINITY) - back).toBeLessThan(15_000);

      expect(await eventually(() => !existsSync(progressFile), 30)).toBe(true);
      expect(await savedDays(holders, server.url)).toEqual(holders.map(({ promised }) => promised()));
      expect(server.output()).not.toMatch(/uncaught|"level":50/);
    },
  );

  it("and the server killed with -9 meanwhile: the next one hands over what the file held, once", async () => {
    const holders = await Promise.all(Array.from({ length: 10 }, () => createThreadHolder(server.url)));
    await Promise.all(holders.map(({ save }) => save()));
    postgres.halt("fast");
    const load = holders.map(({ save }) => repeat(save, 5));
    expect(await eventually(() => holders.every(({ promised }) => promised() > 6), 30)).toBe(true);
    process.kill(server.pid, "SIGKILL");
    await server.ended;
    for (const stop of load) await stop();
    const kept = readFileSync(progressFile, "utf8");
    for (const secret of ["note", "xxxx", ...holders.map(({ session }) => session)]) expect(kept).not.toContain(secret);

    postgres.resume();
    server = await start({ DATABASE_URL: postgres.url });
    expect(await eventually(() => !existsSync(progressFile), 30)).toBe(true);
    const promised = holders.map(({ promised }) => promised());
    const days = await savedDays(holders, server.url);
    // What was in the file when the process died may be one further than what was still answered.
    for (const [index, day] of days.entries()) expect([0, 1]).toContain(day - (promised[index] ?? 0));
    expect(Math.min(...promised)).toBeGreaterThan(5);
  });
});

describe("two servers on one data directory", () => {
  it("do not share the file: the second says that it has none", async () => {
    const postgres = await startPostgres15();
    const [first, second] = [await start({ DATABASE_URL: postgres.url }), await start({ DATABASE_URL: postgres.url })];
    expect(second.output()).toContain("Another server uses the data directory");
    expect(first.output()).not.toContain("Another server uses the data directory");
    const [here, there] = await Promise.all([first, second].map(({ url }) => createThreadHolder(url)));
    postgres.halt("fast");
    await here?.save();
    await there?.save();
    expect([here?.answers[0]?.code, there?.answers[0]?.code]).toEqual([null, "UNAVAILABLE"]);
    postgres.resume();
    await Promise.all([first.stop(), second.stop()]);
    postgres.stop();
  });
});

describe("the embedded Postgres killed with -9 below the server", () => {
  it("is started again by the server, which lives on and has all that it answered", async () => {
    const data = path.join(directory, "embedded");
    const server = await start({}, data);
    const holder = await createThreadHolder(server.url);
    const stop = repeat(holder.save);
    expect(await eventually(() => holder.promised() > 5, 30)).toBe(true);
    const file = path.join(embeddedCluster(data).dataDirectory, "postmaster.pid");
    process.kill(Number(readFileSync(file, "utf8").split("\n")[0]), "SIGKILL");
    await pause(8_000);
    expect(await eventually(() => server.output().includes("has ended by itself and is started again"), 30)).toBe(true);
    while ((await fetch(`${server.url}/readyz`)).status !== 200) await pause(100);
    await stop();
    expect([...new Set(holder.answers.map(({ code }) => code))]).toEqual([null]);
    expect(await eventually(() => !existsSync(path.join(data, "progress.json")), 30)).toBe(true);
    expect(await savedDays([holder], server.url)).toEqual([holder.promised()]);
    await server.stop();
  });
});
