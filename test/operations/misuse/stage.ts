import { randomUUID } from "node:crypto";
import { type GraphQLField, getNamedType } from "graphql";
import { startModelUpstream } from "../../support/model-upstream.js";
import { aMessageInput, ingestBody, post, signedHeaders } from "../../support/relay-requests.js";
import { newPhone, type Person, startTestServer, type TestServer } from "../../support/server.js";
import { deliver, standardHeaders } from "../../support/webhooks.js";
import type { Door } from "./doors.js";
import type { Honest } from "./requests.js";

/** Who asks. The owner brings along all that a request can: a session, a thread session and the relay's signature. */
export type Who = "nobody" | "stranger" | "owner";

/** Ids by the kind of object: `organization`, `table`, … */
export type Ids = Readonly<Record<string, string>>;

export type MisuseStage = Awaited<ReturnType<typeof startMisuseStage>>;

/** Columns of every type, sensitive and not, are more than doors need: two show what is masked and what is not. */
const columns = [
  { name: "name", type: "TEXT" },
  { name: "card", type: "TEXT", sensitive: true, mask: "LAST4" },
];

/** A server on which two people who know nothing of each other each have one object of every kind. */
export async function startMisuseStage() {
  const server = await startTestServer({
    REVEALS_PER_MINUTE: "1000000",
    OTP_PER_PHONE_PER_HOUR: "100000",
    OTP_RESEND_SECONDS: "1",
    OAUTH_GITHUB_CLIENT_ID: "a-client-of-a-test",
    OAUTH_GITHUB_CLIENT_SECRET: "the-secret-of-a-client",
  });
  const upstream = await startModelUpstream();
  const owner = await personWithEverything(server, upstream.url);
  const stranger = await personWithEverything(server, upstream.url);
  const nobody = { token: undefined, thread: undefined, ids: {} as Ids };
  const people = { owner, stranger, nobody };
  return {
    server,
    own: owner.ids,
    foreign: stranger.ids,
    honest: honestOf(owner.ids),
    /** Posts a body as somebody. */
    send: (body: string, who: Who) => {
      const { token, thread } = people[who];
      return post<Record<string, unknown> | null>(server.url, body, {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(thread && { "x-thread-session": thread }),
        ...(who === "owner" && signedHeaders(body)),
      });
    },
    close: () => Promise.all([server.close(), upstream.close()]),
  };
}

async function personWithEverything(server: TestServer, upstreamUrl: string) {
  const person = await server.signIn();
  const ask = async <Value>(
    kind: "query" | "mutation",
    field: string,
    type: string,
    selection: string,
    input: unknown,
  ) => {
    const query = `${kind}($input: ${type}) { ${field}(${type === "ID!" ? "organizationId" : "input"}: $input) ${selection} }`;
    const { data, text } = await server.graphql<Record<string, Value>>(query, { input }, { token: person.token });
    if (!data?.[field]) throw new Error(`${field}: ${text}`);
    return data[field];
  };
  const { organizationId } = person;
  type Made = { id: string };
  const table = await ask<Made & { columns: Made[] }>(
    "mutation",
    "createTable",
    "CreateTableInput!",
    "{ id columns { id } }",
    {
      organizationId,
      name: "Patients",
      columns,
    },
  );
  const [plain, sealed] = table.columns.map(({ id }) => id) as [string, string];
  const input = { tableId: table.id, rows: [{ [plain]: "Ann", [sealed]: "4000 1234 5678 9010" }] };
  const [row] = await ask<Made[]>("mutation", "addRows", "AddRowsInput!", "{ id }", input);
  const member = await ask<Made>("mutation", "addMember", "AddMemberInput!", "{ id }", {
    organizationId,
    phone: newPhone(),
    role: "VIEWER",
  });
  const key = await ask<Made>("mutation", "addProviderKey", "AddProviderKeyInput!", "{ id }", {
    organizationId,
    provider: "openai",
    apiKey: "sk-the-key-of-a-person",
    baseUrl: upstreamUrl,
  });
  const hook = await ask<{ endpoint: Made; secret: string }>(
    "mutation",
    "addWebhookEndpoint",
    "AddWebhookEndpointInput!",
    "{ endpoint { id } secret }",
    { organizationId, name: "of a person" },
  );
  await deliver(`${server.url}/hooks/${hook.endpoint.id}`, "[1]", standardHeaders(hook.secret, "[1]"));
  const integration = await ask<Made>("mutation", "addIntegration", "AddIntegrationInput!", "{ id }", {
    organizationId,
    service: "github",
    accessToken: "the-token-of-a-person",
    refreshToken: "the-refresh-token-of-a-person",
  });
  const log = await ask<{ nodes: Made[] }>("query", "auditEvents", "ID!", "{ nodes { id } }", organizationId);
  const ids: Ids = {
    organization: organizationId,
    table: table.id,
    column: sealed,
    row: row?.id ?? "",
    member: member.id,
    providerKey: key.id,
    webhookEndpoint: hook.endpoint.id,
    integration: integration.id,
    session: person.sessionId,
    user: person.userId,
    auditEvent: log.nodes[0]?.id ?? "",
    conversation: await conversationWith(server, person),
  };
  return { ...person, ids, thread: await connectedThread(server) };
}

async function conversationWith(server: TestServer, { phone }: Person): Promise<string> {
  const body = ingestBody({ ...aMessageInput, chatGuid: randomUUID(), sender: phone });
  const { data } = await post(server.url, body, signedHeaders(body));
  return data.ingestMessage.conversationId;
}

async function connectedThread({ graphql }: TestServer): Promise<string> {
  const { data } = await graphql<{ connect: { threadSession: string } }>(
    'mutation { connect(input: { credentials: [{ name: "api_key", value: "of-a-person" }] }) { threadSession } }',
  );
  return data.connect.threadSession;
}

/**
 * What an honest client of the owner would send. An id is that of the owner's object whose kind the argument names
 * (`tableId`), else the operation (`renameTable`), else what the operation answers.
 */
function honestOf(own: Ids): Honest {
  const byName: Record<string, unknown> = {
    code: "000000",
    provider: "openai",
    service: "github",
    type: "TEXT",
    role: "VIEWER",
    step: "name",
    answer: "Ann",
    temperature: 1,
  };
  const byType: Record<string, () => unknown> = {
    ID: randomUUID,
    Int: () => 1,
    Float: () => 1_760_000_000.25,
    Boolean: () => false,
    String: () => `text-${randomUUID()}`,
    DateTime: () => "2026-11-20T15:46:40Z",
    JSON: () => ({}),
    JSONObject: () => ({}),
  };
  return (door, name, type) => {
    if (type === "ChatRole") return "USER";
    if (type === "ID") return own[kindOfId(own, door, name) ?? "organization"];
    return name === "phone" ? newPhone() : (byName[name] ?? byType[type]?.());
  };
}

export function kindOfId(ids: Ids, { fields }: Pick<Door, "fields">, name: string): string | null {
  const [operation] = fields as [GraphQLField<unknown, unknown>];
  // The longest name first: `providerKeyId` is no key of another kind.
  const kinds = Object.keys(ids).sort((a, b) => b.length - a.length);
  const sources = [name, operation.name, getNamedType(operation.type).name];
  for (const source of sources) {
    const kind = kinds.find((kind) => source.toLowerCase().includes(kind.toLowerCase()));
    if (kind) return kind;
  }
  return null;
}
