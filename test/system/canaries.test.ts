import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { buildSchema } from "graphql";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type ScriptedService, startScriptedService } from "../support/oauth-provider.js";
import { openDirectory } from "./support/checkout.js";
import { createRecordingClient, type RecordingClient } from "./support/client.js";
import { type Cluster, embeddedCluster } from "./support/cluster.js";
import { canariesIn, canariesInFiles } from "./support/leaks.js";
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

  it("went through every mutation that there is", () => {
    const schema = buildSchema(readFileSync(path.join(inject("checkout"), "schema.graphql"), "utf8"));
    const sent = client.answers.map(({ operation }) => operation).join();
    const left = Object.keys(schema.getMutationType()?.getFields() ?? {}).filter(
      (name) => !new RegExp(`\\b${name}\\b`).test(sent),
    );
    expect(left).toEqual([]);
  });

  it("are revealed when asked for, so that the search is for the right values", () => {
    const revealed = client.answers
      .filter(({ operation }) => operation.includes("revealCell"))
      .map(({ text }) => text)
      .join();
    const cells = planted.canaries.filter(({ name }) => /updated cell|email cell|json value/.test(name));
    expect(canariesIn(revealed, cells)).toEqual(cells.map(({ name }) => name));
  });

  it("are in no file of the data directory, neither heap nor write-ahead log, where a plain value is in both", () => {
    const plain = canariesInFiles(cluster.dataDirectory, [{ name: "plain", text: planted.plain }]).join();
    expect(plain).toMatch(/base\//);
    expect(plain).toMatch(/pg_wal\//);
    expect(canariesInFiles(cluster.dataDirectory, planted.canaries)).toEqual([]);
  });

  it("are in no dump, where a plain value is", () => {
    const dump = cluster.dump();
    expect(dump).toContain(planted.plain);
    expect(canariesIn(dump, planted.canaries)).toEqual([]);
  });

  it("are in no line of the server's output at LOG_LEVEL=debug but the SMS that the console stands in for", () => {
    const lines = server
      .output()
      .split("\n")
      .filter((line) => !line.includes('"msg":"sms"'));
    expect(lines.length).toBeGreaterThan(5);
    expect(canariesIn(lines.join("\n"), planted.canaries)).toEqual([]);
  });

  it("are in no answer but the reveal, and tokens only in the answers that hand them out", () => {
    const leaks = client.answers.flatMap(({ operation, text }) => {
      const mayHold = (allowed: readonly string[] = []) =>
        ["revealCell", ...allowed].some((name) => operation.includes(name));
      const foreign = planted.canaries.filter(({ answeredBy }) => !mayHold(answeredBy));
      return canariesIn(text, foreign).map((name) => `${name} in the answer to ${operation.slice(0, 60)}`);
    });
    expect(leaks).toEqual([]);
  });
});
