import { unknownIds } from "./requests.js";
import { type GraphqlAnswer, type Person, startTestServer, type TestServer } from "./server.js";

const column = "{ id tableId name type sensitive mask required options position }";
const row = `{ id tableId values version createdAt updatedAt cells { column { id } value masked } }`;
const table = `{ id organizationId name createdAt rowCount columns ${column} rows(first: 500) { nodes ${row} } }`;
const event =
  "{ id organizationId sequence action actorId actorName targetType targetId reason details ipAddress occurredAt hash previousHash }";

export interface ColumnAnswer {
  id: string;
  tableId: string;
  name: string;
  type: string;
  sensitive: boolean;
  mask: string | null;
  required: boolean;
  options: string[] | null;
  position: number;
}
export interface RowAnswer {
  id: string;
  tableId: string;
  values: Record<string, unknown>;
  version: number;
  createdAt: string;
  updatedAt: string;
  cells: { column: { id: string }; value: unknown; masked: boolean }[];
}
export interface TableAnswer {
  id: string;
  organizationId: string;
  name: string;
  createdAt: string;
  rowCount: number;
  columns: ColumnAnswer[];
  rows: { nodes: RowAnswer[] };
}
export interface EventAnswer {
  id: string;
  organizationId: string;
  sequence: number;
  action: string;
  actorId: string;
  actorName: string | null;
  targetType: string;
  targetId: string;
  reason: string | null;
  details: Record<string, unknown>;
  ipAddress: string | null;
  occurredAt: string;
  hash: string;
  previousHash: string;
}

/** Field → [kind, its arguments' types, what is selected]. */
const operations = {
  tables: ["query", { organizationId: "ID!" }, table],
  table: ["query", { id: "ID!" }, table],
  row: ["query", { id: "ID!" }, row],
  createTable: ["mutation", { input: "CreateTableInput!" }, table],
  renameTable: ["mutation", { id: "ID!", name: "String!" }, table],
  deleteTable: ["mutation", { id: "ID!" }, ""],
  addColumn: ["mutation", { input: "AddColumnInput!" }, column],
  updateColumn: ["mutation", { input: "UpdateColumnInput!" }, column],
  deleteColumn: ["mutation", { id: "ID!" }, ""],
  addRows: ["mutation", { input: "AddRowsInput!" }, row],
  updateRow: ["mutation", { input: "UpdateRowInput!" }, row],
  deleteRows: ["mutation", { ids: "[ID!]!" }, ""],
  revealCell: ["mutation", { input: "RevealCellInput!" }, `{ rowId columnId value auditEvent ${event} }`],
  verifyAuditLog: ["mutation", { organizationId: "ID!" }, "{ valid eventsChecked firstInvalid }"],
  auditEvents: [
    "query",
    { organizationId: "ID!", filter: "AuditEventFilter", first: "Int", after: "String" },
    `{ nodes ${event} edges { cursor node { sequence } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }`,
  ],
} as const;

interface Answers {
  tables: TableAnswer[];
  table: TableAnswer;
  row: RowAnswer;
  createTable: TableAnswer;
  renameTable: TableAnswer;
  deleteTable: boolean;
  addColumn: ColumnAnswer;
  updateColumn: ColumnAnswer;
  deleteColumn: boolean;
  addRows: RowAnswer[];
  updateRow: RowAnswer;
  deleteRows: number;
  revealCell: { rowId: string; columnId: string; value: unknown; auditEvent: EventAnswer };
  verifyAuditLog: { valid: boolean; eventsChecked: number; firstInvalid: number | null };
  auditEvents: {
    nodes: EventAnswer[];
    edges: { cursor: string; node: { sequence: number } }[];
    pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
  };
}
type Field = keyof Answers;

/** Asks for one operation of tables or audit, as `person` (null: as nobody). */
export async function ask<F extends Field>(
  server: TestServer,
  field: F,
  variables: Record<string, unknown>,
  person: Pick<Person, "token"> | null,
): Promise<GraphqlAnswer<Record<F, Answers[F]>> & { value: Answers[F]; field: unknown }> {
  const [kind, types, selection] = operations[field];
  const given = Object.entries(types).filter(([name]) => name in variables);
  const declared = given.map(([name, type]) => `$${name}: ${type}`).join(", ");
  const passed = given.map(([name]) => `${name}: $${name}`).join(", ");
  const query = `${kind}(${declared}) { ${field}(${passed}) ${selection} }`;
  const answer = await server.graphql<Record<F, Answers[F]>>(query, variables, person ? { token: person.token } : {});
  return { ...answer, value: answer.data?.[field], field: answer.errors[0]?.extensions?.field };
}

/** A server with an organization of one person in each role, a stranger, and a table of four columns with two rows. */
export async function startTableStage(settings: Record<string, string> = {}) {
  const server = await startTestServer(settings);
  const owner = await server.signIn();
  const people = {
    owner,
    admin: await server.signInMember(owner, "ADMIN"),
    member: await server.signInMember(owner, "MEMBER"),
    viewer: await server.signInMember(owner, "VIEWER"),
    stranger: await server.signIn(),
  };
  const made = await ask(
    server,
    "createTable",
    {
      input: {
        organizationId: owner.organizationId,
        name: "Patients",
        columns: [
          { name: "name", type: "TEXT", required: true },
          { name: "card", type: "TEXT", sensitive: true, mask: "LAST4" },
          { name: "mail", type: "EMAIL", sensitive: true, mask: "EMAIL" },
          { name: "age", type: "NUMBER" },
        ],
      },
    },
    owner,
  );
  const ids = Object.fromEntries(made.value.columns.map(({ id, name }) => [name, id])) as Record<string, string>;
  const values = (byName: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(byName).map(([name, value]) => [ids[name] ?? name, value]));
  const add = async (rows: Record<string, unknown>[], as: Pick<Person, "token"> = owner) =>
    (await ask(server, "addRows", { input: { tableId: made.value.id, rows: rows.map(values) } }, as)).value;
  const rows = await add([
    { name: "Ann", card: "4000-canary-card-1111", mail: "ann@canary.example", age: 7 },
    { name: "Bob" },
  ]);
  return {
    server,
    ...people,
    tableId: made.value.id,
    ids,
    values,
    add,
    rowIds: rows.map(({ id }) => id),
    ask: <F extends Field>(
      field: F,
      variables: Record<string, unknown>,
      person: Pick<Person, "token"> | null = owner,
    ) => ask(server, field, variables, person),
    /** The newest events of the organization, newest first. */
    log: async () => (await ask(server, "auditEvents", { organizationId: owner.organizationId }, owner)).value.nodes,
    /** The codes that everybody gets for the same request: null where it is answered. */
    async codes<F extends Field>(
      field: F,
      variablesOf: () => Promise<Record<string, unknown>> | Record<string, unknown>,
    ) {
      const codes: Record<string, string | null> = {};
      for (const [name, person] of Object.entries({ ...people, nobody: null }))
        codes[name] = (await ask(server, field, await variablesOf(), person)).code;
      return codes;
    },
    /** The codes that the owner gets for ids that are none, or nobody's. */
    async codesOfUnknown<F extends Field>(field: F, variablesOf: (id: string) => Record<string, unknown>) {
      return Promise.all(unknownIds.map(async (id) => (await ask(server, field, variablesOf(id), owner)).code));
    },
    close: () => server.close(),
  };
}
export type TableStage = Awaited<ReturnType<typeof startTableStage>>;

/** Who gets what code: for VIEWERs and up, MEMBERs and up, ADMINs and up. */
export const answeredFrom = (minimum: "VIEWER" | "MEMBER" | "ADMIN") => ({
  owner: null,
  admin: null,
  member: minimum === "ADMIN" ? "FORBIDDEN" : null,
  viewer: minimum === "VIEWER" ? null : "FORBIDDEN",
  stranger: "NOT_FOUND",
  nobody: "UNAUTHENTICATED",
});
