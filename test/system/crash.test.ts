import { rmSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, inject, it } from "vitest";
import { openDirectory } from "./support/checkout.js";
import { createRecordingClient, type RecordingClient, signIn } from "./support/client.js";
import { eventually, pause, startServer } from "./support/server-process.js";

const directory = openDirectory();
const start = () =>
  startServer({
    command: ["node", "dist/main.js"],
    cwd: inject("checkout"),
    env: { DATA_DIR: path.join(directory, "data"), REVEALS_PER_MINUTE: "100000" },
  });
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Answered {
  readonly rows: string[];
  readonly events: number[];
}

/** Adds and reveals without pause until the server is gone, and notes what was answered. */
async function load(client: RecordingClient, tableId: string, columnId: string, answered: Answered): Promise<void> {
  const one = async () => {
    for (;;) {
      const { addRows } = await client.run<{ addRows: [{ id: string }] }>(
        "mutation($input: AddRowsInput!) { addRows(input: $input) { id } }",
        { input: { tableId, rows: [{ [columnId]: "a secret value" }] } },
      );
      answered.rows.push(addRows[0].id);
      const { revealCell } = await client.run<{ revealCell: { value: string; auditEvent: { sequence: number } } }>(
        "mutation($row: ID!, $column: ID!) { revealCell(input: { rowId: $row, columnId: $column }) { value auditEvent { sequence } } }",
        { row: addRows[0].id, column: columnId },
      );
      answered.events.push(revealCell.auditEvent.sequence);
    }
  };
  await Promise.allSettled(Array.from({ length: 8 }, one));
}

async function everyRow(client: RecordingClient, tableId: string): Promise<Set<string>> {
  const ids = new Set<string>();
  for (let after: string | null = null; ; ) {
    const { table }: Page = await client.run<Page>(
      "query($id: ID!, $after: String) { table(id: $id) { rows(first: 500, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } } }",
      { id: tableId, after },
    );
    for (const { id } of table.rows.nodes) ids.add(id);
    if (!table.rows.pageInfo.hasNextPage) return ids;
    after = table.rows.pageInfo.endCursor;
  }
}

interface Page {
  readonly table: {
    readonly rows: {
      readonly nodes: readonly { readonly id: string }[];
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
    };
  };
}

describe("kill -9 in the middle of load, and start again", () => {
  it("loses no row, no reveal's event and no session that was answered", async () => {
    const first = await start();
    const client = createRecordingClient(first.url);
    const { organizationId } = await signIn(first, client);
    const { createTable } = await client.run<{ createTable: { id: string; columns: [{ id: string }] } }>(
      "mutation($input: CreateTableInput!) { createTable(input: $input) { id columns { id } } }",
      { input: { organizationId, name: "Load", columns: [{ name: "Secret", type: "TEXT", sensitive: true }] } },
    );
    const answered: Answered = { rows: [], events: [] };
    const loading = load(client, createTable.id, createTable.columns[0].id, answered);
    await pause(2000);
    expect(await eventually(() => answered.events.length > 20, 60)).toBe(true);
    process.kill(first.pid, "SIGKILL");
    await loading;

    const second = await start();
    const again = createRecordingClient(second.url);
    Object.assign(again.headers, client.headers);
    const rows = await everyRow(again, createTable.id);
    expect(answered.rows.filter((id) => !rows.has(id))).toEqual([]);
    const { verifyAuditLog } = await again.run<{ verifyAuditLog: { valid: boolean; eventsChecked: number } }>(
      "mutation($id: ID!) { verifyAuditLog(organizationId: $id) { valid eventsChecked } }",
      { id: organizationId },
    );
    expect(verifyAuditLog.valid).toBe(true);
    expect(verifyAuditLog.eventsChecked).toBeGreaterThanOrEqual(Math.max(...answered.events));
    await second.stop();
  });
});
