import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bundleText } from "../../scripts/bundle.js";
import { catalogSnapshot } from "../../scripts/catalog-snapshot.js";
import { serverRolePassword } from "../../src/database/login-role.js";
import { migrate } from "../../src/database/migrate.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";
import { createHostedDatabase, type HostedCluster, startHostedCluster } from "../support/hosted-database.js";
import { installRelease010, plaintexts } from "../support/hosted-release.js";
import { call, server, signInTo } from "../support/people.js";

let cluster: HostedCluster;
beforeAll(async () => {
  cluster = await startHostedCluster();
});
afterAll(() => cluster.close());

const shapes = {
  "plain Postgres": () => createTestDatabase("template0"),
  "a hosted Supabase project": () => createHostedDatabase(cluster, { isMigrated: false }),
};

const byRunner = ({ adminUrl, rootKey }: TestDatabase) =>
  migrate({ adminUrl, rootKey, serverRolePassword: serverRolePassword(rootKey), log: () => undefined });

const ways = {
  "a server that starts": byRunner,
  "the bundle, and then a server that starts": async (db: TestDatabase) => {
    await asAdmin(db, async (client) => client.query(await bundleText()));
    expect((await byRunner(db)).applied).toEqual([]);
  },
};

for (const [shape, create] of Object.entries(shapes))
  for (const [way, upgrade] of Object.entries(ways))
    it(`release 0.1.0 on ${shape} is upgraded by ${way}: sealed values open, sessions live, the audit chain holds`, async () => {
      const db = await create();
      try {
        const data = await installRelease010(db.adminUrl, db.rootKey);
        await upgrade(db);
        await expectEverythingKept(db, data);
        expect(await snapshotOf(db)).toEqual(await snapshotOfNew(create));
      } finally {
        await db.drop();
      }
    });

type Data = Awaited<ReturnType<typeof installRelease010>>;

async function expectEverythingKept({ database, adminUrl, rootKey }: TestDatabase, data: Data): Promise<void> {
  const { person } = data;
  const as = <Result>(fn: string, args: Record<string, unknown>, caller = person) =>
    call<Result>(database, fn, args, caller);
  const cell = { rowId: data.rowId, columnId: data.columnId };
  expect(await as("reveal_cell", cell)).toMatchObject({ outcome: "revealed", value: plaintexts.cell });
  expect(await as("rows", { tableIds: [data.tableId], first: 10 })).toMatchObject([
    { values: { [data.columnId]: `••••••••${plaintexts.cell.slice(-4)}` } },
  ]);
  expect(await as("messages", { conversationIds: [data.conversationId] })).toMatchObject([
    { text: plaintexts.message },
  ]);
  expect(await as("connected_account", { userIdentifierHash: data.threadHash }, server)).toMatchObject([
    { credentials: [{ token: plaintexts.credential }] },
  ]);
  expect(await as("verify_audit_log", { organizationId: data.organizationId })).toMatchObject({ firstInvalid: null });
  const events = await as<{ action: string }[]>("audit_events", { organizationId: data.organizationId });
  expect(events.map(({ action }) => action)).toEqual(
    expect.arrayContaining(["TABLE_CREATED", "CELL_REVEALED", "PROVIDER_KEY_ADDED"]),
  );
  expect(await as("refresh_session", { refreshToken: data.refreshToken }, server)).toMatchObject({
    outcome: "refreshed",
  });
  await call(database, "configure_limits", { limits: { otp_resend_seconds: 0 } }, server);
  expect((await signInTo(database, data.phone)).userId).toBe(person.claims?.sub);
  await asAdmin({ adminUrl }, async (client) => {
    await client.query("select set_config('cloakroom.root_key', $1, false)", [rootKey]);
    await client.query("set role cloakroom_owner");
    const { rows } = await client.query(
      "select decrypted_secret from vault.decrypted_secrets where name = 'provider_key:' || $1",
      [data.providerKeyId],
    );
    expect(rows).toEqual([{ decrypted_secret: plaintexts.apiKey }]);
  });
}

const snapshotOf = (db: TestDatabase) => asAdmin(db, catalogSnapshot);

/** Constraints and indexes too are those of a database that never was at an earlier release. */
async function snapshotOfNew(create: () => Promise<TestDatabase>): Promise<string> {
  const db = await create();
  try {
    await byRunner(db);
    return await snapshotOf(db);
  } finally {
    await db.drop();
  }
}

async function asAdmin<T>({ adminUrl }: { adminUrl: string }, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(adminUrl);
  await client.connect();
  return work(client).finally(() => client.end());
}
