import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../../../src/database/port.js";
import { createPostgresDatabase } from "../../../src/database/postgres.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { callBehind } from "../../support/locks.js";
import { awayFromMidnight } from "../../support/midnight.js";
import { call, type DatabasePerson, memberOf, refusal, removeFrom, setLimits, signInTo } from "../../support/people.js";
import { newApiKey, providerKeyCalls } from "../../support/provider-keys.js";

describe("a key that somebody waits for", () => {
  let test: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    test = await createTestDatabase();
    database = createPostgresDatabase({ url: test.url, rootKey: test.rootKey, poolSize: 12, log: () => undefined });
    await setLimits(database);
  });
  beforeEach(awayFromMidnight, 60_000);
  afterAll(async () => {
    await database.close();
    await test.drop();
  });

  async function organizationWithKey() {
    const owner = await signInTo(database);
    const keys = providerKeyCalls(database, owner);
    const { id: providerKeyId } = await keys.add();
    return { owner, keys, providerKeyId };
  }

  const usageLock = ({ organizationId }: DatabasePerson) =>
    `select pg_advisory_xact_lock(cloakroom_private.usage_lock('${organizationId}'))`;
  const keyLock = (id: string) => `select from cloakroom.provider_keys where id = '${id}' for update`;

  const signOut: typeof removeFrom = async (_database, _owner, { caller }) => {
    await call(database, "revoke_session", {}, caller);
  };

  it.each([
    ["removed from the organization", "CR404", removeFrom],
    ["signed out", "CR401", signOut],
  ])("is not opened for somebody who is %s meanwhile, whatever the limits", async (_how, sqlState, leave) => {
    const { owner, keys, providerKeyId } = await organizationWithKey();
    await keys.limit({ models: ["allowed"] });
    for (const [lock, model] of [
      [usageLock(owner), "forbidden"],
      [keyLock(providerKeyId), "allowed"],
    ] as const) {
      const member = await memberOf(database, owner, "MEMBER");
      const ask = () => refusal(keys.take(member, { providerKeyId, model }));
      expect(await callBehind(test.admin, lock, ask, () => leave(database, owner, member))).toMatchObject({ sqlState });
    }
    const { rows } = await test.admin.query("select from cloakroom.provider_key_uses where provider_key_id = $1", [
      providerKeyId,
    ]);
    expect(rows).toEqual([]);
  });

  it("is that of its successor, where it is rotated meanwhile and the caller named only the provider or nothing", async () => {
    const { owner, keys, providerKeyId } = await organizationWithKey();
    const member = await memberOf(database, owner, "MEMBER");
    let current = providerKeyId;
    for (let round = 0; round < 15; round++) {
      const args = round % 2 ? {} : { provider: "openai" };
      const asked = Array.from({ length: 6 }, () => refusal(keys.take(member, args)));
      current = (await keys.rotate(current, newApiKey())).id;
      expect((await Promise.all(asked)).filter(({ sqlState }) => sqlState !== null)).toEqual([]);
    }
  });

  it("is waited for to the end of the day behind a use that never ends, and a few seconds behind one that may", async () => {
    const { owner, keys, providerKeyId } = await organizationWithKey();
    await keys.update(providerKeyId, { limits: { tokensPerDay: 100 } });
    const { useId } = await keys.take(owner, { providerKeyId, tokensReserved: 100 });
    const wait = async () => Number((await refusal(keys.take(owner, { providerKeyId, tokensReserved: 1 }))).detail);
    expect(await wait()).toBe(5);
    await test.admin.query(
      `update cloakroom.provider_key_uses
       set begun_at = greatest(begun_at - interval '11 minutes', date_trunc('day', now(), 'UTC')) where id = $1`,
      [useId],
    );
    const { rows } = await test.admin.query(
      `select extract(epoch from date_trunc('day', now(), 'UTC') + interval '1 day' - now())::integer as seconds,
         now() - date_trunc('day', now(), 'UTC') > interval '11 minutes' as is_told`,
    );
    if (rows[0].is_told) expect(Math.abs((await wait()) - rows[0].seconds)).toBeLessThan(30);
    else expect(await wait()).toBe(5);
  });

  it("is settled at the same price however many uses there were", async () => {
    const { owner, keys, providerKeyId } = await organizationWithKey();
    await test.admin.query(
      `insert into cloakroom.provider_key_uses (id, organization_id, provider_key_id, actor_id, session_id, tokens_reserved, begun_at, ended_at)
       select gen_random_uuid(), $1, $2, $3, $4, 0, now() - n * interval '1 minute', now() from generate_series(1, 20000) n`,
      [owner.organizationId, providerKeyId, owner.userId, owner.sessionId],
    );
    await test.admin.query("vacuum analyze cloakroom.provider_key_uses");
    const client = await test.admin.connect();
    try {
      const { useId } = await keys.take(owner, { providerKeyId });
      const touched = async () => {
        const { rows } = await client.query(
          `select seq_tup_read + idx_tup_fetch as rows from pg_stat_xact_user_tables where relname = 'provider_key_uses'`,
        );
        return Number(rows[0].rows);
      };
      await client.query("begin");
      const before = await touched();
      await client.query("set local role service_role");
      await client.query("select cloakroom_api.end_provider_key_use($1, 1, 1)", [useId]);
      await client.query("reset role");
      expect((await touched()) - before).toBeLessThan(50);
      await client.query("commit");
    } finally {
      client.release();
    }
  });
});
