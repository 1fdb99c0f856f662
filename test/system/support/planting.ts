import { randomBytes, randomInt } from "node:crypto";
import { signedHeaders } from "../../../examples/relay-typescript/relay.js";
import type { ScriptedService } from "../../support/oauth-provider.js";
import { newPhone, type RecordingClient, signIn } from "./client.js";
import type { Canary } from "./leaks.js";
import { plantChat } from "./planting-chat.js";
import { plantCookies } from "./planting-cookies.js";
import { plantIntegrations } from "./planting-integrations.js";
import { plantWebhooks } from "./planting-webhooks.js";
import type { ServerProcess } from "./server-process.js";

type Ids = { readonly id: string };

/** A value that a search must find, or it searched for nothing. */
export interface Planted {
  readonly canaries: Canary[];
  readonly plain: string;
}

/** Hands a recognisable value in through every mutation that takes one, and sends bad ones to the same doors. */
export async function plantCanaries(
  server: ServerProcess,
  client: RecordingClient,
  relaySecret: string,
  service: ScriptedService,
) {
  const canaries: Canary[] = [];
  const plant = (
    name: string,
    text = `canary-${name.replaceAll(" ", "-")}-${randomBytes(9).toString("hex")}`,
    more: Partial<Canary> = {},
  ) => {
    canaries.push({ name, text, ...more });
    return text;
  };
  const { organizationId, phone } = await plantIdentity(server, client, plant);
  await plantOrganizations(client, organizationId, plant);
  const plain = await plantTables(client, organizationId, plant);
  await plantWebhooks(server.url, client, organizationId, plant);
  await plantIntegrations(server.url, client, organizationId, service, plant);
  await plantChat(server.url, client, organizationId, plant);
  await plantThread(client, plant);
  await plantRelay(client, relaySecret, phone, plant);
  await plantProfile(client, plant);
  await plantBadInput(client, organizationId, plant);
  await client.run("mutation { revokeAllSessions }");
  await client.run("mutation { revokeSession }");
  await plantDeletedAccount(server, client, plant);
  await plantCookies(server, client, plant);
  return { canaries, plain } satisfies Planted;
}

export type Plant = (name: string, text?: string, more?: Partial<Canary>) => string;

async function plantIdentity(server: ServerProcess, client: RecordingClient, plant: Plant) {
  const phone = plant("phone", newPhone(), { answeredBy: ["exportAccount"] });
  await client.attempt(
    "mutation($phone: String!, $code: String!) { confirmVerification(input: { phone: $phone, code: $code }) { expiresAt } }",
    { phone, code: plant("wrong code") },
  );
  const person = await signIn(server, client, phone);
  plant("code", person.code, { isShort: true });
  // Signed within one second, a token is the same to the letter.
  plant("access token", person.accessToken, { answeredBy: ["confirmVerification", "refreshSession"] });
  plant("refresh token", person.refreshToken, { answeredBy: ["confirmVerification"] });
  const { refreshSession } = await client.run<{ refreshSession: { accessToken: string; refreshToken: string } }>(
    "mutation($token: String) { refreshSession(input: { refreshToken: $token }) { accessToken refreshToken } }",
    { token: person.refreshToken },
  );
  plant("rotated refresh token", refreshSession.refreshToken, { answeredBy: ["refreshSession"] });
  await client.attempt("mutation($token: String) { refreshSession(input: { refreshToken: $token }) { expiresAt } }", {
    token: plant("unknown refresh token"),
  });
  await client.run("{ me { phone } sessions { id ipAddress userAgent } session { id } }");
  return person;
}

async function plantOrganizations(client: RecordingClient, organizationId: string, plant: Plant): Promise<void> {
  const { addMember } = await client.run<{ addMember: Ids }>(
    "mutation($id: ID!, $phone: String!) { addMember(input: { organizationId: $id, phone: $phone }) { id phone } }",
    { id: organizationId, phone: plant("member phone", newPhone()) },
  );
  await client.run("mutation($id: ID!) { updateMember(input: { id: $id, role: ADMIN }) { id phone role } }", addMember);
  await client.run("query($id: ID!) { organization(id: $id) { members { phone } } }", { id: organizationId });
  await client.run("mutation($id: ID!) { removeMember(id: $id) }", addMember);
  const { createOrganization } = await client.run<{ createOrganization: Ids }>(
    'mutation { createOrganization(input: { name: "Short-lived" }) { id } }',
  );
  for (const [name, id] of [
    ["api key", organizationId],
    ["deleted api key", organizationId],
    ["api key of a deleted organization", createOrganization.id],
  ] as const) {
    const { addProviderKey } = await client.run<{ addProviderKey: Ids }>(
      `mutation($id: ID!, $apiKey: String!) {
        addProviderKey(
          input: { organizationId: $id, provider: "openai", apiKey: $apiKey, baseUrl: "http://127.0.0.1:9/v1" }
        ) { id apiKey }
      }`,
      { id, apiKey: plant(name) },
    );
    await client.run(
      'mutation($id: ID!) { updateProviderKey(input: { id: $id, label: "Renamed" }) { id apiKey } }',
      addProviderKey,
    );
    await client.run(
      "mutation($id: ID!, $apiKey: String!) { rotateProviderKey(input: { id: $id, apiKey: $apiKey }) { id apiKey } }",
      { ...addProviderKey, apiKey: plant(`new ${name}`) },
    );
    await client.attempt(
      `mutation($id: ID!, $apiKey: String!) {
        rotateProviderKey(input: { id: $id, apiKey: $apiKey, verify: true, model: "none" }) { id }
      }`,
      { ...addProviderKey, apiKey: plant(`tried ${name}`) },
    );
    await client.run(
      'mutation($id: ID!) { quarantineProviderKey(id: $id, reason: "leaked") { providerKey { apiKey } recentUses { model } } }',
      addProviderKey,
    );
    await client.run("mutation($id: ID!) { releaseProviderKey(id: $id) { apiKey } }", addProviderKey);
    if (name === "deleted api key")
      await client.run("mutation($id: ID!) { deleteProviderKey(id: $id) }", addProviderKey);
  }
  await client.run("query($id: ID!) { providerKeys(organizationId: $id) { apiKey } }", { id: organizationId });
  await client.run(
    "mutation($id: ID!) { setUsageLimits(input: { organizationId: $id, limits: { requestsPerMinute: 1000 } }) { tokensPerDay } }",
    { id: organizationId },
  );
  await client.run("mutation($id: ID!) { deleteOrganization(id: $id) }", createOrganization);
}

/** A column of every type whose values are free to choose, each with a value to recognise. */
function sensitiveCells(plant: Plant): { type: string; mask: string; value: unknown }[] {
  const digits = () => `${randomInt(1000, 9999)}${randomInt(1000, 9999)}${randomInt(1000, 9999)}`;
  const day = () => `18${randomInt(10, 99)}-0${randomInt(1, 9)}-1${randomInt(0, 9)}`;
  return [
    { type: "TEXT", mask: "FULL", value: plant("text cell") },
    { type: "TEXT", mask: "LAST4", value: plant("last-four cell") },
    { type: "LONG_TEXT", mask: "FULL", value: plant("long cell", randomBytes(60_000).toString("base64")) },
    { type: "NUMBER", mask: "FULL", value: plant("number cell", digits()) },
    { type: "CURRENCY", mask: "FULL", value: Number(plant("currency cell", digits())) },
    { type: "PERCENT", mask: "FULL", value: Number(plant("percent cell", digits())) },
    { type: "DATE", mask: "FULL", value: plant("date cell", day()) },
    { type: "DATETIME", mask: "FULL", value: plant("datetime cell", `${day()}T03:0${randomInt(1, 9)}:07.089Z`) },
    {
      type: "EMAIL",
      mask: "EMAIL",
      value: plant("email cell", `canary.${randomBytes(9).toString("hex")}@example.com`),
    },
    { type: "PHONE", mask: "PHONE", value: plant("phone cell", newPhone()) },
    {
      type: "URL",
      mask: "FULL",
      value: plant("url cell", `https://example.com/canary/${randomBytes(9).toString("hex")}`),
    },
    { type: "JSON", mask: "FULL", value: { [plant("json key")]: [plant("json value")] } },
  ];
}

async function plantTables(client: RecordingClient, organizationId: string, plant: Plant): Promise<string> {
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
  const changed = { [ids[0] ?? ""]: plant("updated cell") };
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
  await client.run(
    "query($id: ID!) { auditEvents(organizationId: $id, first: 500) { nodes { action reason details ipAddress } } }",
    { id: organizationId },
  );
  await client.run("mutation($id: ID!) { verifyAuditLog(organizationId: $id) { valid } }", { id: organizationId });
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

async function plantThread(client: RecordingClient, plant: Plant): Promise<void> {
  const connect = (value: string) =>
    client.run<{ connect: { threadSession: string | null } }>(
      `mutation($value: String!) {
        connect(input: { credentials: [{ name: "api_key", value: $value }] }) { threadSession account { credentials { value } } }
      }`,
      { value },
    );
  const { threadSession } = (await connect(plant("credential"))).connect;
  client.headers["x-thread-session"] = plant("thread session", threadSession ?? "", { answeredBy: ["connect"] });
  await connect(plant("replaced credential"));
  await client.run("mutation($input: SaveThreadInput!) { saveThread(input: $input) { currentDay } }", {
    input: {
      threadUrl: plant("thread url", `https://example.com/thread/${randomBytes(9).toString("hex")}`),
      currentDay: 3,
      progress: { [plant("progress key")]: plant("progress value") },
    },
  });
  await client.run("{ connectedAccount { credentials { value } thread { currentDay } } }");
  await client.run("mutation { disconnect { disconnected } }");
  await connect(plant("credential that stays"));
}

async function plantRelay(client: RecordingClient, relaySecret: string, phone: string, plant: Plant): Promise<void> {
  const [sender, other] = [plant("sender", newPhone()), plant("participant", newPhone())];
  const input = {
    messageId: plant("relay message id"),
    chatGuid: plant("chat"),
    mode: "GROUP",
    sender,
    text: plant("message text", undefined, { answeredBy: ["conversations", "exportAccount"] }),
    timestamp: Math.floor(Date.now() / 1000),
    participants: [
      sender,
      other,
      phone,
      plant("participant address", `canary.${randomBytes(9).toString("hex")}@example.org`),
    ],
  };
  const query = "mutation($input: IngestMessageInput!) { ingestMessage(input: $input) { messageId duplicate } }";
  const body = JSON.stringify({ query, variables: { input } });
  const answer = await client.send(body, signedHeaders(relaySecret, body, plant("webhook id")));
  if (!answer.includes('"duplicate":false')) throw new Error(`ingestMessage: ${answer}`);
  const forged = JSON.stringify({ query, variables: { input: { ...input, text: plant("forged text") } } });
  await client.send(forged, signedHeaders("a secret that is not the relay's own", forged, plant("forged webhook id")));
  const read = await client.attempt(
    "{ conversations { nodes { chatGuid participants messages { nodes { sender text } } } } }",
  );
  if (!JSON.stringify(read).includes(input.text))
    throw new Error("The message is not among the person's conversations.");
}

/** What one says of oneself, and what one gets to see of it: all of it, in these answers alone. */
async function plantProfile(client: RecordingClient, plant: Plant): Promise<void> {
  const answeredBy = ["setTrait", "answerOnboarding", "traitProfile", "exportAccount"];
  await client.run('mutation { updateProfile(input: { name: "Plain" }) { name } }');
  const set = (value: unknown) =>
    client.run('mutation($value: JSON!) { setTrait(input: { name: "told", value: $value }) { value } }', { value });
  await set(plant("replaced trait", undefined, { answeredBy }));
  await set({ [plant("trait key", undefined, { answeredBy })]: [plant("trait value", undefined, { answeredBy })] });
  await client.run(
    'mutation($answer: JSON!) { answerOnboarding(input: { step: "name", answer: $answer }) { step answers } }',
    { answer: plant("onboarding answer", undefined, { answeredBy }) },
  );
  await client.run("{ me { traits { value } traitProfile { summary traits } onboarding { answers } } }");
  await client.run("mutation { exportAccount }");
}

async function plantDeletedAccount(server: ServerProcess, client: RecordingClient, plant: Plant): Promise<void> {
  await signIn(server, client, plant("phone of a deleted account", newPhone()));
  await client.run('mutation($value: JSON!) { setTrait(input: { name: "told", value: $value }) { name } }', {
    value: plant("trait of a deleted account"),
  });
  await client.run("mutation { deleteAccount }");
}

/** What a careless client sends: literals, wrong types, half a document, headers. */
async function plantBadInput(client: RecordingClient, organizationId: string, plant: Plant): Promise<void> {
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
