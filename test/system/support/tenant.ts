import { randomBytes } from "node:crypto";
import { createRecordingClient, newPhone, signIn } from "./client.js";
import type { ServerProcess } from "./server-process.js";

/** An organization all of whose values hold its mark, in the clear and in their masks alike. */
export interface Tenant {
  /** Four characters, as a LAST4 mask shows them; none of base64's among them, so that chance does not write it. */
  readonly mark: string;
  readonly organizationId: string;
  readonly tableId: string;
  readonly columns: { readonly name: string; readonly secret: string; readonly number: string };
  /** The row that all of the tenant's clients write to. */
  readonly sharedRow: string;
  readonly phone: string;
  /** Headers of each of its people. */
  readonly people: readonly Readonly<Record<string, string>>[];
  readonly threadSession: string;
  /** What an answer to anybody else must not hold. */
  readonly own: readonly string[];
}

export const secretOf = ({ mark }: Tenant) => `secret-${randomBytes(6).toString("hex")}-${mark}`;
export const maskOf = ({ mark }: Tenant) => `••••••••${mark}`;

/** Makes the organization over one server: a table, a provider key, a thread session, and so many people. */
export async function makeTenant(server: ServerProcess, mark: string, people = 4): Promise<Tenant> {
  const client = createRecordingClient(server.url);
  const { phone } = await signIn(server, client);
  const { createOrganization } = await client.run<{ createOrganization: { id: string } }>(
    "mutation($name: String!) { createOrganization(input: { name: $name }) { id } }",
    { name: `Clinic ${mark}` },
  );
  const organizationId = createOrganization.id;
  const { createTable } = await client.run<{ createTable: { id: string; columns: [Id, Id, Id] } }>(
    "mutation($input: CreateTableInput!) { createTable(input: $input) { id columns { id } } }",
    { input: { organizationId, name: `Patients ${mark}`, columns: columnsOf() } },
  );
  const [name, secret, number] = createTable.columns.map(({ id }) => id) as [string, string, string];
  const { addRows } = await client.run<{ addRows: [Id] }>(
    "mutation($input: AddRowsInput!) { addRows(input: $input) { id } }",
    {
      input: {
        tableId: createTable.id,
        rows: [{ [name]: `shared ${mark}`, [secret]: `a secret ${mark}`, [number]: 0 }],
      },
    },
  );
  await client.run(
    `mutation($id: ID!, $apiKey: String!) {
      addProviderKey(input: { organizationId: $id, provider: "openai", apiKey: $apiKey }) { id }
    }`,
    { id: organizationId, apiKey: `sk-proj-123456-${mark}` },
  );
  const { connect } = await client.run<{ connect: { threadSession: string } }>(
    `mutation($value: String!) { connect(input: { credentials: [{ name: "api_key", value: $value }] }) { threadSession } }`,
    { value: `credential-${mark}` },
  );
  const colleagues = await Promise.all(
    Array.from({ length: people - 1 }, () => colleague(server, client.headers, organizationId)),
  );
  return {
    mark,
    organizationId,
    tableId: createTable.id,
    columns: { name, secret, number },
    sharedRow: addRows[0].id,
    phone,
    people: [{ ...client.headers }, ...colleagues],
    threadSession: connect.threadSession,
    own: [mark, organizationId, createTable.id, name, secret, number, addRows[0].id, connect.threadSession],
  };
}

interface Id {
  readonly id: string;
}

const columnsOf = () => [
  { name: "Name", type: "TEXT" },
  { name: "Secret", type: "TEXT", sensitive: true, mask: "LAST4" },
  { name: "Number", type: "NUMBER" },
];

async function colleague(server: ServerProcess, owner: Readonly<Record<string, string>>, organizationId: string) {
  const phone = newPhone();
  const inviting = createRecordingClient(server.url);
  Object.assign(inviting.headers, owner);
  await inviting.run("mutation($input: AddMemberInput!) { addMember(input: $input) { id } }", {
    input: { organizationId, phone, role: "ADMIN" },
  });
  const client = createRecordingClient(server.url);
  await signIn(server, client, phone);
  return { ...client.headers };
}
