import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { buildSchema } from "graphql";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type ScriptedService, startScriptedService } from "../support/oauth-provider.js";
import { openDirectory } from "./support/checkout.js";
import { createRecordingClient, type RecordingClient } from "./support/client.js";
import { type Cluster, embeddedCluster } from "./support/cluster.js";
import { canariesIn, canariesInFiles, isRoute, leaksIn } from "./support/leaks.js";
import { type Planted, plantCanaries } from "./support/planting.js";
import { startPostgres15 } from "./support/postgres-15.js";
import { type ServerProcess, startServer } from "./support/server-process.js";

const relaySecret = `whsec_${Buffer.from("a relay secret for system tests!").toString("base64")}`;

const databases: Record<
  string,
  (dataDirectory: string) => Promise<{ env: Record<string, string>; cluster: () => Cluster }>
> = {
  "the embedded Postgres": async (dataDirectory) => ({ env: {}, cluster: () => embeddedCluster(dataDirectory) }),
  "Debian's Postgres 15": async () => {
    const postgres = await startPostgres15();
    return { env: { DATABASE_URL: postgres.url }, cluster: () => postgres };
  },
};

describe.each(Object.entries(databases))("canaries planted through every mutation, over %s", (_name, prepare) => {
  const directory = openDirectory();
  const dataDirectory = path.join(directory, "data");
  let server: ServerProcess;
  let client: RecordingClient;
  let cluster: Cluster;
  let planted: Planted;
  let service: ScriptedService;

  beforeAll(async () => {
    const { env, cluster: reach } = await prepare(dataDirectory);
    service = await startScriptedService();
    server = await startServer({
      command: ["node", "dist/main.js"],
      cwd: inject("checkout"),
      env: {
        DATA_DIR: dataDirectory,
        LOG_LEVEL: "debug",
        RELAY_WEBHOOK_SECRET: relaySecret,
        ...service.settings,
        ...env,
      },
    });
    cluster = reach();
    client = createRecordingClient(server.url);
    planted = await plantCanaries(server, client, relaySecret, service);
    cluster.psql("checkpoint");
  });

  afterAll(async () => {
    await server?.stop();
    cluster?.stop();
    await service?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it("went through every mutation that there is, each of which was answered", () => {
    const schema = buildSchema(readFileSync(path.join(inject("checkout"), "schema.graphql"), "utf8"));
    const answered = new Set(
      client.answers.flatMap(({ operation, text }) => (isRoute({ operation }) ? [] : dataOf(text))),
    );
    const left = Object.keys(schema.getMutationType()?.getFields() ?? {}).filter((name) => !answered.has(name));
    expect(left).toEqual([]);
  });

  it("are revealed when asked for, so that the search is for the right values", () => {
    const revealed = client.answers
      .filter(({ text }) => text.startsWith('{"data":{"revealCell":{'))
      .map(({ text }) => text)
      .join();
    const cells = planted.canaries.filter(({ name }) => /updated cell|email cell|json value/.test(name));
    expect(cells.length).toBe(3);
    expect(canariesIn(revealed, cells)).toEqual(cells.map(({ name }) => name));
  });

  it("are in no file of the data directories, neither heap nor write-ahead log, where a plain value is in both", () => {
    const plain = canariesInFiles(cluster.dataDirectory, [{ name: "plain", text: planted.plain }]).join();
    expect(plain).toMatch(/base\//);
    expect(plain).toMatch(/pg_wal\//);
    for (const folder of new Set([dataDirectory, cluster.dataDirectory]))
      expect(canariesInFiles(folder, planted.canaries)).toEqual([]);
  });

  it("are in no dump, where a plain value is", () => {
    const dump = cluster.dump();
    expect(dump).toContain(planted.plain);
    expect(canariesIn(dump, planted.canaries)).toEqual([]);
  });

  it("are in no line of the server's output at LOG_LEVEL=debug, where each route has its line", () => {
    const routes = new Set(linesOf(server).map(({ route }) => route));
    for (const route of [
      "/graphql",
      "/hooks/:endpointId",
      "/v1/chat/completions",
      "/integrations/:id/proxy/*",
      "/metrics",
    ])
      expect(routes).toContain(route);
    const others = server
      .output()
      .split("\n")
      .filter((line) => !line.includes('"msg":"sms"'));
    expect(canariesIn(others.join("\n"), planted.canaries)).toEqual([]);
  });

  it("are in the lines that stand in for SMS as phones and codes alone", () => {
    const messages = linesOf(server).filter(({ msg }) => msg === "sms");
    const found = canariesIn(JSON.stringify(messages), planted.canaries);
    expect(found).toContain("code");
    expect(found.filter((name) => !/^(phone|code)( |$)/.test(name))).toEqual([]);
  });

  it("are in no answer, whole or in its headers, but where an operation answers them by contract", () => {
    expect(client.answers.flatMap((answer) => leaksIn(answer, planted.canaries))).toEqual([]);
  });

  it("are each in the answers that hold them by contract, so that none is let through for nothing", () => {
    const allowed = planted.canaries.filter(({ answeredBy }) => answeredBy);
    const strict = allowed.map((canary) => ({ ...canary, answeredBy: [] }));
    const seen = new Set(client.answers.flatMap((answer) => canariesIn(answer.text, strict)));
    expect(allowed.map(({ name }) => name).filter((name) => !seen.has(name))).toEqual([]);
  });
});

const dataOf = (text: string) =>
  Object.entries((JSON.parse(text) as { data?: Record<string, unknown> | null }).data ?? {})
    .filter(([, value]) => value !== null)
    .map(([name]) => name);

function linesOf(server: ServerProcess): { msg?: string; route?: string }[] {
  const lines = server
    .output()
    .split("\n")
    .filter((line) => line.startsWith("{"));
  return lines.map((line) => JSON.parse(line) as { msg?: string; route?: string });
}
