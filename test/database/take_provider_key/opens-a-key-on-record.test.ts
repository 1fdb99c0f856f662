import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TestDatabase } from "../../support/database.js";
import { awayFromMidnight } from "../../support/midnight.js";
import { organizationStage } from "../../support/organization-stage.js";
import { call, type DatabasePerson, memberOf, refusal, removeFrom, signInTo } from "../../support/people.js";
import { newApiKey, type ProviderKeyCalls, providerKeyCalls } from "../../support/provider-keys.js";
import { canariesIn, tableDump } from "../../support/table-dump.js";

describe("using a provider key", () => {
  let test: TestDatabase;
  let owner: DatabasePerson;
  let member: DatabasePerson;
  let keys: ProviderKeyCalls;
  beforeAll(async () => {
    [test, owner] = await organizationStage();
    member = await memberOf(test.database, owner, "MEMBER");
    keys = providerKeyCalls(test.database, owner);
  });
  beforeEach(awayFromMidnight, 60_000);
  afterAll(() => test.drop());

  const eventsOf = async (keyId: string) => {
    const { rows } = await test.admin.query(
      `select actor_id, details, ip_sealed is not null as has_address from cloakroom.audit_events
       where target_id = $1 and action = 'PROVIDER_KEY_USED' order by sequence`,
      [keyId],
    );
    return rows;
  };
  const useRow = async (useId: string) =>
    (await test.admin.query("select * from cloakroom.provider_key_uses where id = $1", [useId])).rows[0];

  it("by a member opens the key for the server: one event as theirs, lastUsedAt, and no copy in a table", async () => {
    const apiKey = newApiKey();
    const key = await keys.add({ apiKey, baseUrl: "https://llm.example.com/v1" });
    expect(await keys.take(member, { providerKeyId: key.id, tokensReserved: 100 })).toEqual({
      useId: expect.any(String),
      providerKeyId: key.id,
      provider: "openai",
      baseUrl: "https://llm.example.com/v1",
      models: null,
      organizationModels: null,
      apiKey,
      choices: null,
      tokensLimited: false,
      recordedEventId: null,
    });
    expect(await eventsOf(key.id)).toEqual([
      { actor_id: member.userId, details: { provider: "openai", model: "gpt-4o" }, has_address: true },
    ]);
    const found = (await keys.list()).find(({ id }) => id === key.id);
    expect(Math.abs(Date.now() - Date.parse(found?.lastUsedAt ?? ""))).toBeLessThan(60_000);
    expect(canariesIn(await tableDump(test.admin), [apiKey, apiKey.slice(3, -4)])).toEqual([]);
  });

  it("ends once, with what it took counted to its day; what nobody counted is what was reserved", async () => {
    const { id } = await keys.add();
    const spend = async (args: object) => {
      const { useId } = await keys.take(owner, { providerKeyId: id, tokensReserved: 500 });
      expect(await keys.end(useId, { ...args })).toBe(true);
      expect(await keys.end(useId, { inputTokens: 7 })).toBe(false);
      return useRow(useId);
    };
    expect(await spend({ inputTokens: 10, outputTokens: 20 })).toMatchObject({
      input_tokens: 10,
      output_tokens: 20,
      outcome: "COMPLETED",
    });
    expect(await spend({ outcome: "ABORTED" })).toMatchObject({ input_tokens: null, outcome: "ABORTED" });
    expect(await spend({ inputTokens: -5, outputTokens: 1, outcome: "UPSTREAM_ERROR" })).toMatchObject({
      input_tokens: 0,
    });
    expect(await spend({ inputTokens: 2 ** 31 - 1, outputTokens: 2 ** 31 - 1 })).toMatchObject({
      outcome: "COMPLETED",
    });
    const { rows } = await test.admin.query(
      "select tokens::text, day = (now() at time zone 'UTC')::date as today from cloakroom.provider_key_tokens where provider_key_id = $1",
      [id],
    );
    expect(rows).toEqual([{ tokens: String(30 + 500 + 1 + 2 * (2 ** 31 - 1)), today: true }]);
    expect(await keys.end(randomUUID())).toBe(false);
    expect(await refusal(keys.end(randomUUID(), { outcome: "' or 1=1" }))).toMatchObject({ sqlState: "CR422" });
  });

  it("takes the newest active key of a provider, and no key of another", async () => {
    const other = await signInTo(test.database);
    const theirs = providerKeyCalls(test.database, other);
    const ofProvider = (provider: string, args = {}) => theirs.take(other, { provider, ...args });
    const none = { sqlState: "CR422", detail: "input.provider" };
    expect(await refusal(theirs.take())).toEqual(none);
    const first = await theirs.add({ provider: "mistral" });
    const second = await theirs.add({ provider: "mistral" });
    await theirs.add();
    expect((await ofProvider("mistral")).providerKeyId).toBe(second.id);
    await theirs.update(second.id, { active: false });
    expect((await ofProvider("mistral")).providerKeyId).toBe(first.id);
    expect(await refusal(ofProvider("groq"))).toEqual(none);
    expect(await refusal(ofProvider("openai", { providerKeyId: first.id }))).toEqual(none);
  });

  it("is refused for a key that is deactivated, in quarantine, deleted or another's", async () => {
    const stranger = await signInTo(test.database);
    const foreign = await providerKeyCalls(test.database, stranger).add();
    const state = async (spoil: (id: string) => Promise<unknown>) => {
      const { id } = await keys.add();
      await spoil(id);
      const { sqlState } = await refusal(keys.take(owner, { providerKeyId: id }));
      expect(await eventsOf(id)).toEqual([]);
      return sqlState;
    };
    expect(await state((id) => keys.update(id, { active: false }))).toBe("CR409");
    expect(await state((id) => keys.quarantine(id))).toBe("CR409");
    expect(await state((id) => keys.remove(id))).toBe("CR404");
    for (const providerKeyId of [foreign.id, randomUUID()])
      expect(await refusal(keys.take(owner, { providerKeyId }))).toMatchObject({ sqlState: "CR404" });
  });

  it("is over when membership or session end", async () => {
    const { id: providerKeyId } = await keys.add();
    const leaving = await memberOf(test.database, owner, "MEMBER");
    await removeFrom(test.database, owner, leaving);
    expect(await refusal(keys.take(leaving, { providerKeyId }))).toMatchObject({ sqlState: "CR404" });
    const ending = await memberOf(test.database, owner, "MEMBER");
    await call(test.database, "revoke_session", {}, ending.caller);
    expect(await refusal(keys.take(ending, { providerKeyId }))).toMatchObject({ sqlState: "CR401" });
    expect(await eventsOf(providerKeyId)).toEqual([]);
  });

  it("is ended by the server alone", async () => {
    const { useId } = await keys.take(owner, { providerKeyId: (await keys.add()).id });
    expect(await refusal(keys.end(useId, {}, owner.caller))).toMatchObject({ sqlState: "42501" });
    expect((await useRow(useId)).ended_at).toBeNull();
  });

  it("takes no model that is none, and no negative number of tokens", async () => {
    const { id: providerKeyId } = await keys.add();
    for (const model of ["", "a b", "x".repeat(201), "line\nbreak", "\u202emodel"])
      expect(await refusal(keys.take(owner, { providerKeyId, model }))).toEqual({
        sqlState: "CR422",
        detail: "input.model",
      });
    expect(await refusal(keys.take(owner, { providerKeyId, tokensReserved: -1 }))).toEqual({
      sqlState: "CR422",
      detail: "input.maxTokens",
    });
  });

  it("is forgotten after a month, when another ends, while the log keeps it", async () => {
    const { id: providerKeyId } = await keys.add();
    const { useId } = await keys.take(owner, { providerKeyId });
    await test.admin.query(
      "update cloakroom.provider_key_uses set begun_at = begun_at - interval '31 days 1 second' where id = $1",
      [useId],
    );
    await keys.end((await keys.take(owner, { providerKeyId })).useId);
    expect(await useRow(useId)).toBeUndefined();
    expect(await eventsOf(providerKeyId)).toHaveLength(2);
  });
});
