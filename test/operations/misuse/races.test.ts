import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newPhone, type Person, startTestServer, type TestServer } from "../../support/server.js";
import { badLines, faultOf, inTurns } from "./traces.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ REVEALS_PER_MINUTE: "1000000" });
});
afterAll(() => server?.close());

interface Scene {
  readonly owner: Person;
  /** ADMIN of the owner's organization, and their membership. */
  readonly admin: Person;
  readonly memberId: string;
  readonly organizationId: string;
  readonly tableId: string;
  readonly plain: string;
  readonly sealed: string;
  readonly rowIds: readonly string[];
  readonly keyId: string;
}

async function ask<Value>(person: Person, query: string): Promise<Value> {
  const { data, text } = await server.graphql<Record<string, Value>>(query, {}, { token: person.token });
  const value = data && Object.values(data)[0];
  if (value === undefined || value === null) throw new Error(text);
  return value;
}

/** An organization of the owner's own, with something of everything in it. */
async function setScene(owner: Person, admin: Person): Promise<Scene> {
  const { id: organizationId } = await ask<{ id: string }>(
    owner,
    'mutation { createOrganization(input: { name: "Race" }) { id } }',
  );
  const member = await ask<{ id: string }>(
    owner,
    `mutation { addMember(input: { organizationId: "${organizationId}", phone: "${admin.phone}", role: ADMIN }) { id } }`,
  );
  const table = await ask<{ id: string; columns: { id: string }[] }>(
    owner,
    `mutation { createTable(input: { organizationId: "${organizationId}", name: "T", columns: [{ name: "plain", type: TEXT }, { name: "sealed", type: TEXT, sensitive: true }] }) { id columns { id } } }`,
  );
  const [plain, sealed] = table.columns.map(({ id }) => id) as [string, string];
  const rows = Array.from({ length: 20 }, (_, n) => ({ [plain]: `p${n}`, [sealed]: `s${n}` }));
  const added = await server.graphql<{ addRows: { id: string }[] }>(
    "mutation($input: AddRowsInput!) { addRows(input: $input) { id } }",
    { input: { tableId: table.id, rows } },
    { token: owner.token },
  );
  const key = await ask<{ id: string }>(
    owner,
    `mutation { addProviderKey(input: { organizationId: "${organizationId}", provider: "openai", apiKey: "sk-race-race-race" }) { id } }`,
  );
  await ask(admin, "{ organizations { id } }");
  return {
    owner,
    admin,
    memberId: member.id,
    organizationId,
    tableId: table.id,
    plain,
    sealed,
    rowIds: added.data.addRows.map(({ id }) => id),
    keyId: key.id,
  };
}

type Call = [query: string, variables?: Record<string, unknown>];

/** Everything that reads or writes what is about to go away. */
const callsOn = ({ organizationId, tableId, plain, sealed, rowIds, keyId }: Scene): Record<string, Call> => ({
  deleteSome: ["mutation($ids: [ID!]!) { deleteRows(ids: $ids) }", { ids: rowIds.slice(10) }],
  addRows: [
    "mutation($input: AddRowsInput!) { addRows(input: $input) { id values cells { value } } }",
    { input: { tableId, rows: [{ [plain]: "a", [sealed]: "b" }] } },
  ],
  updateRow: [
    "mutation($input: UpdateRowInput!) { updateRow(input: $input) { id values } }",
    { input: { id: rowIds[0], values: { [plain]: "a", [sealed]: "b" } } },
  ],
  deleteRows: [`mutation { deleteRows(ids: ["${rowIds[1]}"]) }`],
  revealCell: [
    `mutation { revealCell(input: { rowId: "${rowIds[2]}", columnId: "${sealed}" }) { value auditEvent { id } } }`,
  ],
  createTable: [
    `mutation { createTable(input: { organizationId: "${organizationId}", name: "T${Math.random()}", columns: [{ name: "a", type: TEXT }] }) { id columns { id } rowCount rows { nodes { id } } } }`,
  ],
  renameTable: [`mutation { renameTable(id: "${tableId}", name: "R${Math.random()}") { id columns { id } } }`],
  addColumn: [
    `mutation { addColumn(input: { tableId: "${tableId}", column: { name: "c${Math.random()}", type: TEXT } }) { id } }`,
  ],
  seal: [`mutation { updateColumn(input: { id: "${plain}", sensitive: true }) { id sensitive } }`],
  unseal: [`mutation { updateColumn(input: { id: "${sealed}", sensitive: false, unseal: true }) { id sensitive } }`],
  moveColumn: [`mutation { updateColumn(input: { id: "${sealed}", position: 0, name: "n${Math.random()}" }) { id } }`],
  deleteColumn: [`mutation { deleteColumn(id: "${plain}") }`],
  deleteTable: [`mutation { deleteTable(id: "${tableId}") }`],
  addProviderKey: [
    `mutation { addProviderKey(input: { organizationId: "${organizationId}", provider: "openai", apiKey: "sk-race-${Math.random()}" }) { id } }`,
  ],
  rotateProviderKey: [
    `mutation { rotateProviderKey(input: { id: "${keyId}", apiKey: "sk-race-${Math.random()}" }) { id } }`,
  ],
  quarantineProviderKey: [
    `mutation { quarantineProviderKey(id: "${keyId}") { usesUnderWay providerKey { id limits { models } } recentUses { usedAt } } }`,
  ],
  releaseProviderKey: [`mutation { releaseProviderKey(id: "${keyId}") { id } }`],
  setUsageLimits: [
    `mutation { setUsageLimits(input: { organizationId: "${organizationId}", limits: { tokensPerDay: 9 } }) { tokensPerDay } }`,
  ],
  updateProviderKey: [`mutation { updateProviderKey(input: { id: "${keyId}", label: "x" }) { id } }`],
  deleteProviderKey: [`mutation { deleteProviderKey(id: "${keyId}") }`],
  addMember: [`mutation { addMember(input: { organizationId: "${organizationId}", phone: "${newPhone()}" }) { id } }`],
  verifyAuditLog: [`mutation { verifyAuditLog(organizationId: "${organizationId}") { valid } }`],
  auditEvents: [`{ auditEvents(organizationId: "${organizationId}") { nodes { id actorName } } }`],
  table: [`{ table(id: "${tableId}") { columns { id } rowCount rows { nodes { values cells { value } } } } }`],
  organization: [`{ organization(id: "${organizationId}") { members { id name } usageLimits { models } } }`],
  providerKeys: [`{ providerKeys(organizationId: "${organizationId}") { id } }`],
});

async function faultsOf(
  calls: Record<string, Call>,
  token: string,
  meanwhile: () => Promise<unknown>,
): Promise<string[]> {
  const asked = Object.entries(calls).map(async ([name, [query, variables]]) => {
    const fault = faultOf(await server.graphql(query, variables, { token }), false);
    return fault && `${name}: ${fault}`;
  });
  const answers = Promise.all(asked);
  answers.catch(() => undefined);
  await meanwhile();
  return (await answers).filter((fault) => fault !== null);
}

/** A hundred requests at once, each query as often as the others. */
async function faultsAtOnce(queries: readonly string[], as: { token?: string; headers?: Record<string, string> }) {
  const asked = Array.from({ length: 100 }, (_, n) => server.graphql(queries[n % queries.length] as string, {}, as));
  const faults = (await Promise.all(asked)).map((answer) => faultOf(answer, false));
  return faults.filter((fault) => fault !== null);
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("whoever loses a race", () => {
  it("gets a code of the contract, whatever goes away beside their call", async () => {
    const owner = await server.signIn();
    const admin = await server.signIn();
    const ends: Record<string, (scene: Scene) => string> = {
      organization: ({ organizationId }) => `mutation { deleteOrganization(id: "${organizationId}") }`,
      table: ({ tableId }) => `mutation { deleteTable(id: "${tableId}") }`,
      column: ({ sealed }) => `mutation { deleteColumn(id: "${sealed}") }`,
      rows: ({ rowIds }) => `mutation { deleteRows(ids: ${JSON.stringify(rowIds)}) }`,
      member: ({ memberId }) => `mutation { removeMember(id: "${memberId}") }`,
    };
    const rounds = Object.values(ends).flatMap((end) => Array.from({ length: 4 }, (_, round) => ({ end, round })));
    const faults = await inTurns(
      rounds,
      async ({ end, round }) => {
        const scene = await setScene(owner, admin);
        return faultsOf(callsOn(scene), admin.token, async () => {
          await pause(round * 8);
          const { code } = await server.graphql(end(scene), {}, { token: owner.token });
          expect([null, "NOT_FOUND"]).toContain(code);
        });
      },
      2,
    );
    expect(faults.flat()).toEqual([]);
  });

  it("gets a code of the contract where membership or session end while the call waits for its turn in the log", async () => {
    const owner = await server.signIn();
    // Who reveals holds their membership until they are done; nothing holds a session.
    const rounds = [
      {
        end: ({ memberId }: Scene) => `delete from cloakroom.members where id = '${memberId}'`,
        names: ["createTable", "deleteRows", "seal"],
      },
      {
        end: ({ admin }: Scene) => `update cloakroom.sessions set revoked_at = now() where id = '${admin.sessionId}'`,
        names: ["createTable", "deleteRows", "revealCell"],
      },
    ];
    for (const { end, names } of rounds) {
      const scene = await setScene(owner, await server.signIn());
      const calls = Object.entries(callsOn(scene)).filter(([name]) => names.includes(name));
      const turn = await server.admin.connect();
      await turn.query("begin");
      await turn.query("select from cloakroom.audit_heads where organization_id = $1 for update", [
        scene.organizationId,
      ]);
      const faults = await faultsOf(Object.fromEntries(calls), scene.admin.token, async () => {
        await pause(300);
        await server.admin.query(end(scene));
        await turn.query("rollback").finally(() => turn.release());
      });
      expect(faults).toEqual([]);
    }
  });

  it("gets a code of the contract where one thread session connects, saves and disconnects many times at once", async () => {
    const headers = { "x-thread-session": "A".repeat(43) };
    const faults = await faultsAtOnce(
      [
        'mutation { connect(input: { credentials: [{ name: "a", value: "b" }] }) { account { credentials { value } } } }',
        "mutation { saveThread(input: { currentDay: 3, progress: { a: 1 } }) { currentDay progress } }",
        "mutation { disconnect { disconnected } }",
        "mutation { disconnect(input: { forgetThread: true }) { credentialsDeleted } }",
        "{ session { id } connectedAccount { credentials { value } thread { progress } } }",
      ],
      { headers },
    );
    expect(faults).toEqual([]);
  });

  it("gets a code of the contract where a session is used, refreshed and revoked many times at once", async () => {
    const { token, refreshToken, sessionId } = await server.signIn();
    const faults = await faultsAtOnce(
      [
        `mutation { refreshSession(input: { refreshToken: "${refreshToken}" }) { refreshToken user { organizations { id } } } }`,
        "{ me { id organizations { members { id } } } sessions { id } }",
        'mutation { createOrganization(input: { name: "Race" }) { id members { id } } }',
        `mutation { revokeSession(id: "${sessionId}") }`,
      ],
      { token },
    );
    expect(faults).toEqual([]);
  });

  it("leaves no failure in the log", () => {
    expect(badLines(server.output())).toEqual([]);
  });
});
