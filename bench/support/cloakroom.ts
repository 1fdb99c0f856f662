import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { openDirectory } from "../../test/system/support/checkout.js";
import { createRecordingClient, signIn } from "../../test/system/support/client.js";
import { embeddedCluster } from "../../test/system/support/cluster.js";
import { startServer } from "../../test/system/support/server-process.js";

const columns = Array.from({ length: 10 }, (_, index) => ({
  name: `Column ${index}`,
  type: "TEXT",
  ...(index < 2 && { sensitive: true, mask: "LAST4" }),
}));

/**
 * The built server in a process of its own over an embedded Postgres of its own, with a person signed in and a table of
 * 100 rows × 10 columns, two of them sensitive.
 */
export async function startBenchServer(nodeArguments: readonly string[] = []) {
  const directory = openDirectory();
  const dataDirectory = path.join(directory, "data");
  const server = await startServer({
    command: ["node", ...nodeArguments, "dist/main.js"],
    cwd: process.cwd(),
    env: { DATA_DIR: dataDirectory, REVEALS_PER_MINUTE: "1000000" },
  });
  const client = createRecordingClient(server.url);
  const { accessToken, organizationId } = await signIn(server, client);
  const { createTable } = await client.run<{ createTable: { id: string; columns: { id: string }[] } }>(
    "mutation($input: CreateTableInput!) { createTable(input: $input) { id columns { id } } }",
    { input: { organizationId, name: "Bench", columns } },
  );
  const row = Object.fromEntries(createTable.columns.map(({ id }, index) => [id, `value of the column ${index}`]));
  const { addRows } = await client.run<{ addRows: { id: string }[] }>(
    "mutation($input: AddRowsInput!) { addRows(input: $input) { id } }",
    { input: { tableId: createTable.id, rows: Array.from({ length: 100 }, () => row) } },
  );
  const cluster = embeddedCluster(dataDirectory);
  cluster.psql("vacuum analyze");
  return {
    server,
    cluster,
    accessToken,
    organizationId,
    tableId: createTable.id,
    columnId: createTable.columns[0]?.id ?? "",
    rowIds: addRows.map(({ id }) => id),
    rootKey: JSON.parse(readFileSync(path.join(dataDirectory, "secrets.json"), "utf8")).VAULT_ROOT_KEY as string,
    async stop() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export type BenchServer = Awaited<ReturnType<typeof startBenchServer>>;
