import type { RecordingClient } from "./client.js";
import type { Plant } from "./planting.js";

type Ids = { readonly id: string };

/** What a careless client sends: literals, wrong types, half a document, headers. */
export async function plantBadInput(client: RecordingClient, organizationId: string, plant: Plant): Promise<void> {
  const bad = (name: string) => plant(`bad input: ${name}`);
  const addKey = (apiKey: unknown, extra = {}) =>
    client.attempt("mutation($input: AddProviderKeyInput!) { addProviderKey(input: $input) { id } }", {
      input: { organizationId, provider: "openai", apiKey, ...extra },
    });
  await addKey({ nested: bad("an object") });
  await addKey([bad("a list")]);
  await addKey(["sk-ant-", `admin01-${bad("an admin key")}`].join(""));
  await addKey(["sk-ant-", `api03-${bad("a key in the wrong box")}`].join(""));
  await addKey(bad("an unknown field beside it"), { unknown: bad("an unknown field") });
  await addKey(`${bad("NUL")}\u0000`);
  await addKey(`${bad("a lone surrogate")}\ud800`);
  await client.attempt(
    `mutation { addProviderKey(input: { organizationId: "${organizationId}", provider: "${bad("a literal")}", apiKey: "${bad("a literal key")}", unknown: 1 }) { id } }`,
  );
  await client.attempt(`mutation { addProviderKey(input: { apiKey: "${bad("a syntax error")}`);
  await client.attempt("mutation($phone: String!) { startVerification(input: { phone: $phone }) { phone } }", {
    phone: bad("no phone"),
  });
  await client.attempt("{ session { id } }", {}, { authorization: `Bearer ${bad("a token")}` });
  await client.attempt("{ connectedAccount { connectedAt } }", {}, { "x-thread-session": bad("a thread session") });
  await plantBadCells(client, organizationId, bad);
}

async function plantBadCells(client: RecordingClient, organizationId: string, bad: (name: string) => string) {
  const types = ["NUMBER", "BOOLEAN", "DATE", "DATETIME", "EMAIL", "PHONE", "URL"];
  const columns = types.map((type) => ({ name: type, type, sensitive: true }));
  const { createTable } = await client.run<{ createTable: Ids & { columns: Ids[] } }>(
    "mutation($input: CreateTableInput!) { createTable(input: $input) { id columns { id } } }",
    { input: { organizationId, name: "Refused", columns } },
  );
  for (const [index, type] of types.entries())
    await client.attempt("mutation($input: AddRowsInput!) { addRows(input: $input) { id } }", {
      input: { tableId: createTable.id, rows: [{ [createTable.columns[index]?.id ?? ""]: bad(`a ${type} cell`) }] },
    });
  await client.run("mutation($id: ID!) { deleteTable(id: $id) }", createTable);
}
