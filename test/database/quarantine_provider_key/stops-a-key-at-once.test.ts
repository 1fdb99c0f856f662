import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../../../src/database/port.js";
import { createPostgresDatabase } from "../../../src/database/postgres.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { type DatabasePerson, memberOf, refusal, setLimits, signInTo } from "../../support/people.js";
import { newApiKey, type ProviderKeyCalls, providerKeyCalls } from "../../support/provider-keys.js";

describe("quarantine", () => {
  let test: TestDatabase;
  let database: Database;
  let owner: DatabasePerson;
  let keys: ProviderKeyCalls;
  beforeAll(async () => {
    test = await createTestDatabase();
    database = createPostgresDatabase({ url: test.url, rootKey: test.rootKey, poolSize: 12, log: () => undefined });
    await setLimits(database);
    owner = await signInTo(database);
    keys = providerKeyCalls(database, owner);
  });
  afterAll(async () => {
    await database.close();
    await test.drop();
  });

  const events = async (id: string) =>
    (
      await test.admin.query(
        "select action, actor_id, reason from cloakroom.audit_events where target_id = $1 and action ~ 'QUARANTINED|RELEASED' order by sequence",
        [id],
      )
    ).rows;

  it("lists who used the key, newest first, each with its model, tokens and end, and those under way", async () => {
    const member = await memberOf(database, owner, "MEMBER");
    const { id: providerKeyId } = await keys.add();
    const other = await keys.add();
    const use = async (model: string, person: DatabasePerson, key = providerKeyId) =>
      (await keys.take(person, { providerKeyId: key, model })).useId;
    await keys.end(await use("o3", member), { inputTokens: 3, outputTokens: 4 });
    await keys.end(await use("o4", owner), { outcome: "ABORTED" });
    await use("o5", member);
    await use("of-another-key", owner, other.id);
    const { providerKey, usesUnderWay, recentUses } = await keys.quarantine(providerKeyId, "  seen in a public log ");
    expect(providerKey).toMatchObject({ id: providerKeyId, active: false, quarantinedAt: expect.any(String) });
    expect(usesUnderWay).toBe(1);
    const shared = { usedAt: expect.any(String), actorName: null, ipAddress: "••••••••", handedOut: false };
    expect(recentUses.map(({ auditEventId: _, ...rest }) => rest)).toEqual([
      { ...shared, actorId: member.userId, model: "o5", inputTokens: null, outputTokens: null, outcome: null },
      { ...shared, actorId: owner.userId, model: "o4", inputTokens: null, outputTokens: null, outcome: "ABORTED" },
      { ...shared, actorId: member.userId, model: "o3", inputTokens: 3, outputTokens: 4, outcome: "COMPLETED" },
    ]);
    expect(await events(providerKeyId)).toEqual([
      { action: "PROVIDER_KEY_QUARANTINED", actor_id: owner.userId, reason: "seen in a public log" },
    ]);
  });

  it("lets no key be opened from its return on, however many are at it", async () => {
    for (let round = 0; round < 5; round++) {
      const { id: providerKeyId } = await keys.add();
      let isQuarantined = false;
      let late = 0;
      const opens = Array.from({ length: 16 }, async (_, n) => {
        await new Promise((resolve) => setTimeout(resolve, n * 2));
        const began = isQuarantined;
        const { sqlState } = await refusal(n % 4 ? keys.take(owner, { providerKeyId }) : keys.decrypted(providerKeyId));
        if (began && sqlState === null) late++;
        return sqlState;
      });
      const { recentUses } = await keys.quarantine(providerKeyId);
      isQuarantined = true;
      const states = await Promise.all(opens);
      expect(late).toBe(0);
      expect(states.filter((state) => ![null, "CR409"].includes(state))).toEqual([]);
      // Whoever got the key is on the list.
      expect(recentUses).toHaveLength(states.filter((state) => state === null).length);
    }
  });

  it("a second time changes nothing and answers the same", async () => {
    const { id } = await keys.add();
    const first = await keys.quarantine(id, "first");
    expect(await keys.quarantine(id, "second")).toEqual(first);
    expect(await events(id)).toHaveLength(1);
  });

  it("is not ended by activating the key: an OWNER releases it, and then somebody activates it", async () => {
    const { id } = await keys.add();
    const admin = await memberOf(database, owner, "ADMIN");
    await keys.quarantine(id, null, admin.caller);
    expect(await refusal(keys.update(id, { active: true }))).toMatchObject({ sqlState: "CR409" });
    expect(await keys.update(id, { label: "leaked" })).toMatchObject({ label: "leaked", active: false });
    expect(await refusal(keys.release(id, admin.caller))).toMatchObject({ sqlState: "CR403" });
    expect(await keys.release(id)).toMatchObject({ active: false, quarantinedAt: null });
    expect(await refusal(keys.release(id))).toMatchObject({ sqlState: "CR409" });
    expect(await refusal(keys.take(owner, { providerKeyId: id }))).toMatchObject({ sqlState: "CR409" });
    expect(await keys.update(id, { active: true }, admin.caller)).toMatchObject({ active: true });
    await keys.take(owner, { providerKeyId: id });
    expect((await events(id)).map(({ action, actor_id }) => [action, actor_id])).toEqual([
      ["PROVIDER_KEY_QUARANTINED", admin.userId],
      ["PROVIDER_KEY_RELEASED", owner.userId],
    ]);
  });

  it("is not escaped by deleting the key and handing it in again: that is the OWNER's to do", async () => {
    const { id } = await keys.add();
    const admin = await memberOf(database, owner, "ADMIN");
    await keys.quarantine(id);
    expect(await refusal(keys.remove(id, admin.caller))).toMatchObject({ sqlState: "CR403" });
    expect(await keys.remove(id)).toBe(true);
  });

  it("is for ADMINs: forbidden below, not found to a stranger; a reason has an end", async () => {
    const { id } = await keys.add({ apiKey: newApiKey() });
    const stranger = await signInTo(database);
    const member = await memberOf(database, owner, "MEMBER");
    expect(await refusal(keys.quarantine(id, null, member.caller))).toMatchObject({ sqlState: "CR403" });
    for (const ask of [() => keys.quarantine(id, null, stranger.caller), () => keys.release(id, stranger.caller)])
      expect(await refusal(ask())).toMatchObject({ sqlState: "CR404" });
    expect(await refusal(keys.quarantine(randomUUID()))).toMatchObject({ sqlState: "CR404" });
    expect(await refusal(keys.quarantine(id, "x".repeat(2001)))).toEqual({ sqlState: "CR422", detail: "reason" });
    expect((await keys.list()).find((key) => key.id === id)).toMatchObject({ active: true, quarantinedAt: null });
  });

  it("lists at most a hundred uses", async () => {
    const { id: providerKeyId } = await keys.add();
    for (let n = 0; n < 102; n++) await keys.decrypted(providerKeyId);
    expect((await keys.quarantine(providerKeyId)).recentUses).toHaveLength(100);
  });
});
