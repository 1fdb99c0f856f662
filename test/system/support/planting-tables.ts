import { randomBytes, randomInt } from "node:crypto";
import { newPhone, type RecordingClient } from "./client.js";
import type { Plant } from "./planting.js";

type Ids = { readonly id: string };

/** A column of every type whose values are free to choose, each with a value to recognise. */
function sensitiveCells(plant: Plant): { type: string; mask: string; value: unknown }[] {
  const revealed = (name: string, text?: string) => plant(name, text, { answeredBy: ["revealCell.value"] });
  const digits = () => `${randomInt(1000, 9999)}${randomInt(1000, 9999)}${randomInt(1000, 9999)}`;
  const day = () => `18${randomInt(10, 99)}-0${randomInt(1, 9)}-1${randomInt(0, 9)}`;
  return [
    { type: "TEXT", mask: "FULL", value: plant("text cell") },
    { type: "TEXT", mask: "LAST4", value: revealed("last-four cell") },
    { type: "LONG_TEXT", mask: "FULL", value: revealed("long cell", randomBytes(60_000).toString("base64")) },
    { type: "NUMBER", mask: "FULL", value: revealed("number cell", digits()) },
    { type: "CURRENCY", mask: "FULL", value: Number(revealed("currency cell", digits())) },
    { type: "PERCENT", mask: "FULL", value: Number(revealed("percent cell", digits())) },
    { type: "DATE", mask: "FULL", value: revealed("date cell", day()) },
    { type: "DATETIME", mask: "FULL", value: revealed("datetime cell", `${day()}T03:0${randomInt(1, 9)}:07.089Z`) },
    {
      type: "EMAIL",
      mask: "EMAIL",
      value: revealed("email cell", `canary.${randomBytes(9).toString("hex")}@example.com`),
    },
    { type: "PHONE", mask: "PHONE", value: revealed("phone cell", newPhone()) },
    {
      type: "URL",
      mask: "FULL",
      value: revealed("url cell", `https://example.com/canary/${randomBytes(9).toString("hex")}`),
    },
    { type: "JSON", mask: "FULL", value: { [revealed("json key")]: [revealed("json value")] } },
  ];
}

export async function plantTables(client: RecordingClient, organizationId: string, plant: Plant): Promise<string> {
  const cells = sensitiveCells(plant);
  const plain = `plain-${randomBytes(9).toString("hex")}`;
  const columns = cells.map(({ type, mask }, index) => ({ name: `Column ${index}`, type, mask, sensitive: true }));
  const { createTable } = await client.run<{ createTable: Ids & { columns: Ids[] } }>(
    "mutation($input: CreateTableInput!) { createTable(input: $input) { id columns { id } } }",
    { input: { organizationId, name: "Canaries", columns: [...columns, { name: "Plain", type: "TEXT" }] } },
  );
  const ids = createTable.columns.map(({ id }) => id);
  const plainId = ids.at(-1) ?? "";
  const values = Object.fromEntries(cells.map(({ value }, index) => [ids[index], value]));
  const { addRows } = await client.run<{ addRows: [Ids, Ids] }>(
    "mutation($input: AddRowsInput!) { addRows(input: $input) { id values } }",
    { input: { tableId: createTable.id, rows: [{ ...values, [plainId]: plain }, values] } },
  );
  const [row, doomed] = addRows;
  const changed = { [ids[0] ?? ""]: plant("updated cell", undefined, { answeredBy: ["revealCell.value"] }) };
  await client.run("mutation($input: UpdateRowInput!) { updateRow(input: $input) { values cells { value } } }", {
    input: { id: row.id, values: changed },
  });
  await client.run(
    "query($id: ID!) { table(id: $id) { rows { nodes { values cells { value masked } } } } }",
    createTable,
  );
  for (const columnId of ids)
    await client.attempt(
      'mutation($row: ID!, $column: ID!) { revealCell(input: { rowId: $row, columnId: $column, reason: "canaries" }) { value } }',
      { row: row.id, column: columnId },
    );
  await changeShape(client, createTable.id, ids, plant, doomed.id);
  return plain;
}

async function changeShape(
  client: RecordingClient,
  tableId: string,
  [first, second]: string[],
  plant: Plant,
  doomedRow: string,
): Promise<void> {
  const { addColumn } = await client.run<{ addColumn: Ids }>(
    'mutation($id: ID!) { addColumn(input: { tableId: $id, column: { name: "Late", type: TEXT, sensitive: true } }) { id } }',
    { id: tableId },
  );
  await client.run("mutation($input: UpdateRowInput!) { updateRow(input: $input) { values } }", {
    input: { id: doomedRow, values: { [addColumn.id]: plant("late cell") } },
  });
  await client.run("mutation($id: ID!) { updateColumn(input: { id: $id, mask: LAST4 }) { mask } }", { id: first });
  await client.run('mutation($id: ID!) { renameTable(id: $id, name: "Renamed") { name } }', { id: tableId });
  await client.run("mutation($ids: [ID!]!) { deleteRows(ids: $ids) }", { ids: [doomedRow] });
  await client.run("mutation($id: ID!) { deleteColumn(id: $id) }", { id: second });
}
