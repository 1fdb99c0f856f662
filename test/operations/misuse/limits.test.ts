import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { canary } from "./hostile-values.js";
import { type MisuseStage, startMisuseStage } from "./stage.js";
import { badLines, faultOf, fingerprints } from "./traces.js";

let stage: MisuseStage;
beforeAll(async () => {
  stage = await startMisuseStage();
});
afterAll(() => stage?.close());

/** Sends an operation as the owner; `type` is that of its argument `input`, or of the one that `name` names. */
async function ask(field: string, type: string, value: unknown, name = "input", selection = "{ __typename }") {
  const kind = /^(auditEvents|table)$/.test(field) ? "query" : "mutation";
  const query = `${kind}($value: ${type}) { ${field}(${name}: $value) ${selection} }`;
  const answer = await stage.send(JSON.stringify({ query, variables: { value } }), "owner");
  expect(faultOf(answer, false)).toBeNull();
  return [answer.code, answer.errors[0]?.extensions?.field ?? null];
}

const many = <Item>(length: number, item: (index: number) => Item) => Array.from({ length }, (_, index) => item(index));
const credentials = (list: [name: string, value: string][]) => ({
  credentials: list.map(([name, value]) => ({ name, value })),
});
const message = (changes: object) => ({
  chatGuid: randomUUID(),
  mode: "DIRECT",
  sender: "+14155550100",
  text: canary,
  timestamp: 1_760_000_000,
  participants: [],
  ...changes,
});
const column = (changes: object) => ({
  tableId: stage.own.table,
  column: { name: randomUUID(), type: "SELECT", ...changes },
});

type Case = [what: string, refusal: [code: string, field: string | null], ask: () => Promise<unknown[]>];

const badInput = (field: string): [string, string] => ["BAD_USER_INPUT", field];
const addColumn = (changes: object) => ask("addColumn", "AddColumnInput!", column(changes));
const updateColumn = (changes: object) =>
  ask("updateColumn", "UpdateColumnInput!", { id: stage.own.column, ...changes });
const addRows = (rows: unknown) => ask("addRows", "AddRowsInput!", { tableId: stage.own.table, rows });
const updateRow = (changes: object) =>
  ask("updateRow", "UpdateRowInput!", { id: stage.own.row, values: {}, ...changes });
const connect = (list: [string, string][]) => ask("connect", "ConnectInput!", credentials(list));
const ingest = (changes: object) => ask("ingestMessage", "IngestMessageInput!", message(changes));
const addKey = (changes: object) =>
  ask("addProviderKey", "AddProviderKeyInput!", {
    organizationId: stage.own.organization,
    provider: "openai",
    apiKey: "sk-1",
    ...changes,
  });
const rotate = (changes: object) =>
  ask("rotateProviderKey", "RotateProviderKeyInput!", { id: stage.own.providerKey, apiKey: "sk-2", ...changes });
const limit = (limits: object) =>
  ask("setUsageLimits", "SetUsageLimitsInput!", { organizationId: stage.own.organization, limits });
const createTable = (columns: unknown) =>
  ask("createTable", "CreateTableInput!", { organizationId: stage.own.organization, name: randomUUID(), columns });
const reveal = (changes: object) =>
  ask("revealCell", "RevealCellInput!", { rowId: stage.own.row, columnId: stage.own.column, ...changes });

const cases: Case[] = [
  ["an option twice", badInput("input.column.options"), () => addColumn({ options: ["a", "a"] })],
  ["no options", badInput("input.column.options"), () => addColumn({ options: [] })],
  ["a blank option", badInput("input.column.options"), () => addColumn({ options: ["a", " \t"] })],
  ["201 options", badInput("input.column.options"), () => addColumn({ options: many(201, String) })],
  ["10,000 options", badInput("input.column.options"), () => addColumn({ options: many(10_000, String) })],
  ["an option of 201 characters", badInput("input.column.options"), () => addColumn({ options: ["x".repeat(201)] })],
  ["options of a text", badInput("input.column.options"), () => addColumn({ type: "TEXT", options: ["a"] })],
  ["a mask of what is not sensitive", badInput("input.column.mask"), () => addColumn({ type: "TEXT", mask: "FULL" })],
  ["a name of 201 characters", badInput("input.column.name"), () => addColumn({ type: "TEXT", name: "x".repeat(201) })],
  ["a name that is taken", ["CONFLICT", null], () => addColumn({ type: "TEXT", name: "NAME" })],
  ["201 columns", badInput("input.columns"), () => createTable(many(201, (n) => ({ name: `c${n}`, type: "TEXT" })))],
  [
    "a column twice",
    ["CONFLICT", null],
    () =>
      createTable([
        { name: "a", type: "TEXT" },
        { name: "A ", type: "TEXT" },
      ]),
  ],
  ...[-1, 2, 200, 2 ** 31 - 1, -(2 ** 31)].map(
    (position): Case => [`position ${position}`, badInput("input.position"), () => updateColumn({ position })],
  ),
  ["unseal alone", badInput("input.unseal"), () => updateColumn({ unseal: true })],
  ["insensitive without unseal", badInput("input.unseal"), () => updateColumn({ sensitive: false })],
  ["1,001 rows", badInput("input.rows"), () => addRows(many(1001, () => ({})))],
  [
    "a foreign column",
    ["BAD_USER_INPUT", "FOREIGN"],
    () => addRows([{}, { [stage.foreign.column as string]: canary }]),
  ],
  ["a column that is none", badInput("input.rows.0"), () => addRows([{ [canary]: canary }])],
  ["a prototype for a column", badInput("input.rows.0"), () => addRows([JSON.parse(`{"__proto__": "${canary}"}`)])],
  ["a constructor for a column", badInput("input.values"), () => updateRow({ values: { constructor: canary } })],
  ["a version below zero", ["CONFLICT", null], () => updateRow({ expectedVersion: -1 })],
  [
    "1,001 ids",
    badInput("ids"),
    () =>
      ask(
        "deleteRows",
        "[ID!]!",
        many(1001, () => randomUUID()),
        "ids",
        "",
      ),
  ],
  ["a reason of 2,001 characters", badInput("input.reason"), () => reveal({ reason: "x".repeat(2001) })],
  ["no credentials", badInput("input.credentials"), () => connect([])],
  ["51 credentials", badInput("input.credentials"), () => connect(many(51, (n) => [`n${n}`, "v"]))],
  ["10,000 credentials", badInput("input.credentials"), () => connect(many(10_000, (n) => [`n${n}`, "v"]))],
  [
    "a credential twice",
    badInput("input.credentials.1.name"),
    () =>
      connect([
        ["a", "v"],
        [" a\n", "w"],
      ]),
  ],
  ["a credential without name", badInput("input.credentials.0.name"), () => connect([["\t ", "v"]])],
  [
    "a credential's name of 201 characters",
    badInput("input.credentials.0.name"),
    () => connect([["x".repeat(201), "v"]]),
  ],
  ["an empty credential", badInput("input.credentials.0.value"), () => connect([["a", ""]])],
  ["a credential over 16 KiB", badInput("input.credentials.0.value"), () => connect([["a", "é".repeat(8193)]])],
  ...[-1, 1e308, -1e308, -5e-324, 7_258_118_401].map(
    (timestamp): Case => [`timestamp ${timestamp}`, badInput("input.timestamp"), () => ingest({ timestamp })],
  ),
  ["a participant without name", badInput("input.participants.1"), () => ingest({ participants: ["a", " "] })],
  ["257 participants", badInput("input.participants"), () => ingest({ participants: many(257, (n) => `p${n}`) })],
  [
    "a participant of 513 characters",
    badInput("input.participants.0"),
    () => ingest({ participants: ["x".repeat(513)] }),
  ],
  ["a text over 64 KiB", badInput("input.text"), () => ingest({ text: "é".repeat(32_769) })],
  ["a blank chat", badInput("input.chatGuid"), () => ingest({ chatGuid: " " })],
  ["a blank message id", badInput("input.messageId"), () => ingest({ messageId: " " })],
  ["a provider in capitals", badInput("input.provider"), () => addKey({ provider: "OpenAI" })],
  ["a blank key", badInput("input.apiKey"), () => addKey({ apiKey: " \n" })],
  ["a key with a line break", badInput("input.apiKey"), () => addKey({ apiKey: `sk-\n${canary}` })],
  ["a key over 8 KiB", badInput("input.apiKey"), () => addKey({ apiKey: "x".repeat(8193) })],
  ["a key in place of itself", ["CONFLICT", null], () => rotate({ apiKey: "sk-the-key-of-a-person" })],
  ["a blank new key", badInput("input.apiKey"), () => rotate({ apiKey: " " })],
  ["no requests a minute", badInput("input.limits.requestsPerMinute"), () => limit({ requestsPerMinute: 0 })],
  ["tokens below zero", badInput("input.limits.tokensPerDay"), () => limit({ tokensPerDay: -1 })],
  ["no models", badInput("input.limits.models"), () => limit({ models: [] })],
  ["201 models", badInput("input.limits.models"), () => limit({ models: many(201, (n) => `m${n}`) })],
  ["a model with a blank", badInput("input.limits.models"), () => limit({ models: [`${canary} x`] })],
  [
    "an address with a password",
    badInput("input.baseUrl"),
    () => addKey({ baseUrl: `https://a:${canary}@b.example/` }),
  ],
  ["an address of 1 MiB", badInput("input.baseUrl"), () => addKey({ baseUrl: `https://${"a.@".repeat(349_000)}` })],
  [
    "a phone and, far behind it, more",
    badInput("input.phone"),
    () => ask("startVerification", "StartVerificationInput!", { phone: `+14155550100${" ".repeat(100)}${canary}` }),
  ],
  ["days below zero", badInput("input.currentDay"), () => ask("saveThread", "SaveThreadInput!", { currentDay: -1 })],
  [
    "progress over 256 KiB",
    badInput("input.progress"),
    () => ask("saveThread", "SaveThreadInput!", { progress: { a: "é".repeat(131_073) } }),
  ],
  [
    "an address that is none",
    badInput("input.threadUrl"),
    () => ask("saveThread", "SaveThreadInput!", { threadUrl: `javascript:${canary}` }),
  ],
];

it("each limit refuses what is just beyond it, naming the place, and nothing is written", async () => {
  const before = await fingerprints(stage.server.admin);
  const asked = await Promise.all(cases.map(async ([what, , ask]) => [what, ...(await ask())]));
  const expected = cases.map(([what, [code, field]]) => [
    what,
    code,
    field === "FOREIGN" ? `input.rows.1.${stage.foreign.column}` : field,
  ]);
  expect(asked).toEqual(expected);
  expect(await fingerprints(stage.server.admin)).toEqual(before);
});

it("an id or a time that no event has finds no event, and is no error", async () => {
  const filters = [
    { actorId: canary },
    { targetId: "' or true --" },
    { actorId: "" },
    { actorId: stage.foreign.user },
    { actions: [] },
    { since: "9999-12-31T23:59:59.999999999Z" },
    { until: "0001-01-01T00:00:00Z" },
    { since: "2026-01-01T00:00:00-15:59", until: "2025-01-01T00:00:00+15:59" },
  ];
  for (const filter of filters) {
    const query =
      "query($id: ID!, $filter: AuditEventFilter) { auditEvents(organizationId: $id, filter: $filter) { nodes { id } } }";
    const answer = await stage.send(
      JSON.stringify({ query, variables: { id: stage.own.organization, filter } }),
      "owner",
    );
    expect(answer.data, answer.text).toEqual({ auditEvents: { nodes: [] } });
  }
});

it("leaves no failure and no canary in the log", () => {
  expect(badLines(stage.server.output())).toEqual([]);
});
