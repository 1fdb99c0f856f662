import { randomInt } from "node:crypto";
import { maskOf, secretOf, type Tenant } from "./tenant.js";

/** What was answered to one tenant, by every client of it. */
export interface Tally {
  /** Rows by id, each with the secret that stands in it. */
  readonly rows: Map<string, string>;
  /** Sequences of the events of reveals. */
  readonly reveals: number[];
  sharedWrites: number;
  messages: number;
  /** Requests by what came of them: `ok`, the code of the error, or `no answer`. */
  readonly outcomes: Record<string, number>;
  /** Answers that were not what this tenant had to get. */
  readonly wrong: string[];
}

/** Whose things are asked for, whose else, and where what came is counted. */
export interface Asking {
  readonly tenant: Tenant;
  readonly other: Tenant;
  readonly tally: Tally;
  /** What an answer may be instead of what it should: nothing, or `UNAVAILABLE` while things break. */
  readonly tolerated?: readonly string[];
}

export interface Ask {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** In the place of a person's. */
  readonly headers?: Readonly<Record<string, string>>;
  /** By the relay, signed. */
  readonly isRelayed?: true;
  /** `ok`, or the error code that it must get. */
  readonly expected: string;
  /** Whether the data are this tenant's own; counts them. */
  readonly check?: (data: never) => boolean;
}

interface Row {
  readonly id: string;
  readonly values: Readonly<Record<string, unknown>>;
}
interface Nodes<Node> {
  readonly nodes: readonly Node[];
}

const isRowOf =
  (tenant: Tenant) =>
  ({ values }: Row) =>
    String(values[tenant.columns.name]).endsWith(tenant.mark) && values[tenant.columns.secret] === maskOf(tenant);
const newRow = (tenant: Tenant) => ({
  [tenant.columns.name]: `name ${tenant.mark}`,
  [tenant.columns.secret]: secretOf(tenant),
});
interface Account {
  readonly durable: boolean;
  readonly credentials: readonly { readonly value: string }[];
}

const someAndAll = <T>(list: readonly T[], test: (one: T) => boolean) => list.length > 0 && list.every(test);

const update = "mutation($input: UpdateRowInput!) { updateRow(input: $input) { id version values } }";
const add = "mutation($input: AddRowsInput!) { addRows(input: $input) { id values } }";
const reveal =
  "mutation($input: RevealCellInput!) { revealCell(input: $input) { value auditEvent { sequence organizationId reason } } }";

const reads: readonly ((asking: Asking) => Ask)[] = [
  ({ tenant }) => ({
    query: "query($id: ID!) { table(id: $id) { name rowCount rows(first: 50) { nodes { id values } } } }",
    variables: { id: tenant.tableId },
    expected: "ok",
    check: ({ table }: { table: { name: string; rows: Nodes<Row> } }) =>
      table.name.endsWith(tenant.mark) && someAndAll(table.rows.nodes, isRowOf(tenant)),
  }),
  ({ tenant }) => ({
    query: "query($id: ID!) { row(id: $id) { id values } }",
    variables: { id: tenant.sharedRow },
    expected: "ok",
    check: ({ row }: { row: Row }) => row.id === tenant.sharedRow && isRowOf(tenant)(row),
  }),
  ({ tenant }) => ({
    query:
      "query($id: ID!) { organization(id: $id) { name members { role } } providerKeys(organizationId: $id) { apiKey } }",
    variables: { id: tenant.organizationId },
    expected: "ok",
    check: (data: { organization: { name: string; members: unknown[] }; providerKeys: { apiKey: string }[] }) =>
      data.organization.name.endsWith(tenant.mark) &&
      data.organization.members.length === tenant.people.length &&
      someAndAll(data.providerKeys, ({ apiKey }) => apiKey === maskOf(tenant)),
  }),
  ({ tenant }) => ({
    query: "query($id: ID!) { auditEvents(organizationId: $id, first: 20) { nodes { organizationId action reason } } }",
    variables: { id: tenant.organizationId },
    expected: "ok",
    check: ({ auditEvents }: { auditEvents: Nodes<{ organizationId: string; action: string; reason: string }> }) =>
      someAndAll(auditEvents.nodes, ({ organizationId, action, reason }) =>
        action === "CELL_REVEALED" ? reason === tenant.mark : organizationId === tenant.organizationId,
      ),
  }),
  ({ tenant, tolerated = [] }) => ({
    query: "{ connectedAccount { durable credentials { value } thread { threadUrl } } }",
    headers: { "x-thread-session": tenant.threadSession },
    expected: "ok",
    // While the database is away its progress is there, and no credential.
    check: ({ connectedAccount: { durable, credentials } }: { connectedAccount: Account }) =>
      durable
        ? someAndAll(credentials, ({ value }) => value === maskOf(tenant))
        : tolerated.includes("UNAVAILABLE") && credentials.length === 0,
  }),
  ({ tenant }) => ({
    query: "{ conversations { nodes { messages { nodes { text } } } } }",
    headers: tenant.people[0],
    expected: "ok",
    check: ({ conversations }: { conversations: Nodes<{ messages: Nodes<{ text: string }> }> }) =>
      conversations.nodes.flatMap(({ messages }) => messages.nodes).every(({ text }) => text.endsWith(tenant.mark)),
  }),
];

const writes: readonly ((asking: Asking) => Ask)[] = [
  ({ tenant, tally }) => {
    const rows = Array.from({ length: randomInt(1, 4) }, () => newRow(tenant));
    return {
      query: add,
      variables: { input: { tableId: tenant.tableId, rows } },
      expected: "ok",
      check: ({ addRows }: { addRows: Row[] }) => {
        addRows.forEach(({ id }, index) => void tally.rows.set(id, rows[index]?.[tenant.columns.secret] ?? ""));
        return addRows.length === rows.length && someAndAll(addRows, isRowOf(tenant));
      },
    };
  },
  ({ tenant, tally }) => ({
    query: update,
    variables: { input: { id: tenant.sharedRow, values: newRow(tenant) } },
    expected: "ok",
    check: ({ updateRow }: { updateRow: Row }) => {
      tally.sharedWrites++;
      return updateRow.id === tenant.sharedRow && isRowOf(tenant)(updateRow);
    },
  }),
  ({ tenant, tally }) => {
    const [rowId, secret] = [...tally.rows.entries()].at(-randomInt(1, 50)) ?? [tenant.sharedRow, null];
    return {
      query: reveal,
      variables: { input: { rowId, columnId: tenant.columns.secret, reason: tenant.mark } },
      expected: "ok",
      check: ({ revealCell }: { revealCell: { value: string; auditEvent: Record<string, unknown> } }) => {
        const { sequence, organizationId, reason } = revealCell.auditEvent;
        tally.reveals.push(Number(sequence));
        const isOurs = secret === null ? revealCell.value.endsWith(tenant.mark) : revealCell.value === secret;
        return isOurs && organizationId === tenant.organizationId && reason === tenant.mark;
      },
    };
  },
  ({ tenant }) => ({
    query: "mutation($input: SaveThreadInput!) { saveThread(input: $input) { threadUrl currentDay } }",
    variables: { input: { threadUrl: `https://example.com/${encodeURIComponent(tenant.mark)}`, currentDay: 1 } },
    headers: { "x-thread-session": tenant.threadSession },
    expected: "ok",
    check: ({ saveThread }: { saveThread: { currentDay: number } }) => saveThread.currentDay === 1,
  }),
  ({ tenant, tally }) => ({
    query: "mutation($input: IngestMessageInput!) { ingestMessage(input: $input) { duplicate } }",
    variables: {
      input: {
        chatGuid: `chat ${tenant.mark}`,
        mode: "DIRECT",
        sender: tenant.phone,
        text: `message ${tenant.mark}`,
        timestamp: Math.floor(Date.now() / 1000),
        participants: [tenant.phone],
      },
    },
    isRelayed: true,
    expected: "ok",
    check: ({ ingestMessage }: { ingestMessage: { duplicate: boolean } }) => {
      tally.messages++;
      return !ingestMessage.duplicate;
    },
  }),
];

/** Each ends a transaction in an error, so that whatever it had set must be gone for the next one on its connection. */
const mistakes: readonly ((asking: Asking) => Ask)[] = [
  ({ other }) => ({
    query: "query($id: ID!) { table(id: $id) { name rows { nodes { values } } } }",
    variables: { id: other.tableId },
    expected: "NOT_FOUND",
  }),
  ({ other }) => ({
    query: reveal,
    variables: { input: { rowId: other.sharedRow, columnId: other.columns.secret } },
    expected: "NOT_FOUND",
  }),
  ({ other }) => ({ query: add, variables: { input: { tableId: other.tableId, rows: [{}] } }, expected: "NOT_FOUND" }),
  ({ tenant }) => ({
    query: add,
    variables: { input: { tableId: tenant.tableId, rows: [newRow(tenant), { [tenant.columns.number]: "no number" }] } },
    expected: "BAD_USER_INPUT",
  }),
  ({ tenant }) => ({
    query: update,
    variables: { input: { id: tenant.sharedRow, values: newRow(tenant), expectedVersion: 0 } },
    expected: "CONFLICT",
  }),
  ({ tenant }) => ({
    query: "query($id: ID!) { table(id: $id) { name } }",
    variables: { id: tenant.tableId },
    headers: {},
    expected: "UNAUTHENTICATED",
  }),
];

/** Twice as often what must succeed as what must not. */
export const asks = [...reads, ...writes, ...reads, ...writes, ...mistakes, ...writes];
