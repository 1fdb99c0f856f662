import { randomBytes } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { openDirectory } from "./support/checkout.js";
import { createRecordingClient, signIn } from "./support/client.js";
import { type Cluster, embeddedCluster } from "./support/cluster.js";
import { canariesIn, canariesInFiles } from "./support/leaks.js";
import { type ServerProcess, startServer } from "./support/server-process.js";

/** What docs/guides/what-survives-sealing.md promises. */
describe("sealing a column that holds values", () => {
  const directory = openDirectory();
  const dataDirectory = path.join(directory, "data");
  const canaries = Array.from({ length: 200 }, (_, index) => ({
    name: `value ${index}`,
    text: `survivor-${randomBytes(12).toString("hex")}`,
  }));
  let server: ServerProcess;
  let cluster: Cluster;

  beforeAll(async () => {
    const env = { DATA_DIR: dataDirectory };
    server = await startServer({ command: ["node", "dist/main.js"], cwd: inject("checkout"), env });
    cluster = embeddedCluster(dataDirectory);
    const client = createRecordingClient(server.url);
    const { organizationId } = await signIn(server, client);
    const { createTable } = await client.run<{ createTable: { id: string; columns: [{ id: string }] } }>(
      "mutation($input: CreateTableInput!) { createTable(input: $input) { id columns { id } } }",
      { input: { organizationId, name: "Turned sensitive", columns: [{ name: "Value", type: "TEXT" }] } },
    );
    const [{ id }] = createTable.columns;
    await client.run("mutation($input: AddRowsInput!) { addRows(input: $input) { id } }", {
      input: { tableId: createTable.id, rows: canaries.map(({ text }) => ({ [id]: text })) },
    });
    cluster.psql("analyze; checkpoint");
    await client.run("mutation($id: ID!) { updateColumn(input: { id: $id, sensitive: true }) { sensitive mask } }", {
      id,
    });
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const inHeap = () => canariesInFiles(path.join(cluster.dataDirectory, "base"), canaries);

  it("takes every value out of what can be selected or dumped", () => {
    expect(canariesIn(cluster.dump(), canaries)).toEqual([]);
  });

  it("leaves none in the table's files and statistics once they are rewritten as the guide says", () => {
    cluster.psql("checkpoint");
    expect(inHeap().length).toBeGreaterThan(0);
    const guide = readFileSync(path.join(inject("checkout"), "docs/guides/what-survives-sealing.md"), "utf8");
    const [, commands = ""] = /^```sql\n([\s\S]*?)^```$/m.exec(guide) ?? [];
    for (const command of commands.split("\n").filter(Boolean)) cluster.psql(command);
    expect(inHeap()).toEqual([]);
  });
});
