import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { call, type DatabasePerson, memberOf, refusal, setLimits, signInTo } from "../../support/people.js";
import { newApiKey, type ProviderKeyCalls, providerKeyCalls } from "../../support/provider-keys.js";
import { canariesIn, tableDump } from "../../support/table-dump.js";

describe("using a provider key", () => {
  let test: TestDatabase;
  let owner: DatabasePerson;
  let member: DatabasePerson;
  let keys: ProviderKeyCalls;
  beforeAll(async () => {
    test = await createTestDatabase();
    await setLimits(test.database);
    owner = await signInTo(test.database);
    member = await memberOf(test.database, owner, "MEMBER");
    keys = providerKeyCalls(test.database, owner);
  });
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

  it("by a member opens the key for the server once: one event as theirs, lastUsedAt, and no copy in a table", async () => {
    const apiKey = newApiKey();
    const key = await keys.add({ apiKey, baseUrl: "https://llm.example.com/v1" });
    const use = await keys.begin({ providerKeyId: key.id, tokensReserved: 100 }, member.caller);
    expect(use).toEqual({
      useId: expect.any(String),
      providerKeyId: key.id,
      provider: "openai",
      baseUrl: "https://llm.example.com/v1",
      models: null,
      organizationModels: null,
    });
    expect(await eventsOf(key.id)).toEqual([]);
    const opened = { providerKeyId: key.id, provider: "openai", baseUrl: "https://llm.example.com/v1", apiKey };
    expect(await keys.open(use.useId)).toEqual(opened);
    expect(await refusal(keys.open(use.useId))).toMatchObject({ sqlState: "CR409" });
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
      const { useId } = await keys.begin({ providerKeyId: id, tokensReserved: 500 });
      await keys.open(useId);
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

  it("takes the newest active key where none is named, of the provider where one is", async () => {
    const other = await signInTo(test.database);
    const theirs = providerKeyCalls(test.database, other);
    expect(await refusal(theirs.begin())).toEqual({ sqlState: "CR422", detail: "input.provider" });
    const first = await theirs.add({ provider: "mistral" });
    const second = await theirs.add({ provider: "mistral" });
    const third = await theirs.add();
    expect((await theirs.begin({ provider: "mistral" })).providerKeyId).toBe(second.id);
    expect((await theirs.begin()).providerKeyId).toBe(third.id);
    await theirs.update(second.id, { active: false });
    expect((await theirs.begin({ provider: "mistral" })).providerKeyId).toBe(first.id);
    expect(await refusal(theirs.begin({ provider: "groq" }))).toEqual({ sqlState: "CR422", detail: "input.provider" });
    const mixed = { providerKeyId: first.id, provider: "openai" };
    expect(await refusal(theirs.begin(mixed))).toEqual({ sqlState: "CR422", detail: "input.provider" });
  });

  it("is refused for a key that is deactivated, in quarantine, deleted or another's, before it begins and before it is opened", async () => {
    const stranger = await signInTo(test.database);
    const foreign = await providerKeyCalls(test.database, stranger).add();
    const states = async (spoil: (id: string) => Promise<unknown>) => {
      const { id } = await keys.add();
      const { useId } = await keys.begin({ providerKeyId: id });
      await spoil(id);
      const found = [await refusal(keys.open(useId)), await refusal(keys.begin({ providerKeyId: id }))];
      expect(await eventsOf(id)).toEqual([]);
      return found.map(({ sqlState }) => sqlState);
    };
    expect(await states((id) => keys.update(id, { active: false }))).toEqual(["CR409", "CR409"]);
    expect(await states((id) => keys.quarantine(id))).toEqual(["CR409", "CR409"]);
    expect(await states((id) => keys.remove(id))).toEqual(["CR404", "CR404"]);
    for (const providerKeyId of [foreign.id, randomUUID()])
      expect(await refusal(keys.begin({ providerKeyId }))).toMatchObject({ sqlState: "CR404" });
  });

  it("is for MEMBERs while they are: forbidden to a viewer, nothing to a stranger, and over when membership or session end", async () => {
    const { id: providerKeyId } = await keys.add();
    const viewer = await memberOf(test.database, owner, "VIEWER");
    const stranger = await signInTo(test.database);
    expect(await refusal(keys.begin({ providerKeyId }, viewer.caller))).toMatchObject({ sqlState: "CR403" });
    expect(await refusal(keys.begin({ providerKeyId }, stranger.caller))).toMatchObject({ sqlState: "CR404" });
    const leaving = await memberOf(test.database, owner, "MEMBER");
    const begun = await keys.begin({ providerKeyId }, leaving.caller);
    const members = await call<{ id: string; userId: string }[]>(
      test.database,
      "members",
      { organizationIds: [owner.organizationId] },
      owner.caller,
    );
    const memberId = members.find(({ userId }) => userId === leaving.userId)?.id;
    await call(test.database, "remove_member", { memberId }, owner.caller);
    expect(await refusal(keys.open(begun.useId))).toMatchObject({ sqlState: "CR404" });
    const ending = await memberOf(test.database, owner, "MEMBER");
    const late = await keys.begin({ providerKeyId }, ending.caller);
    await call(test.database, "revoke_session", {}, ending.caller);
    expect(await refusal(keys.open(late.useId))).toMatchObject({ sqlState: "CR401" });
    expect(await eventsOf(providerKeyId)).toEqual([]);
  });

  it("is opened and ended by the server alone, and within ten minutes", async () => {
    const { id: providerKeyId } = await keys.add();
    const { useId } = await keys.begin({ providerKeyId });
    expect(await refusal(keys.open(useId, owner.caller))).toMatchObject({ sqlState: "42501" });
    expect(await refusal(keys.end(useId, {}, owner.caller))).toMatchObject({ sqlState: "42501" });
    expect(await refusal(keys.open(randomUUID()))).toMatchObject({ sqlState: "CR404" });
    await test.admin.query(
      "update cloakroom.provider_key_uses set begun_at = begun_at - interval '10 minutes 1 second' where id = $1",
      [useId],
    );
    expect(await refusal(keys.open(useId))).toMatchObject({ sqlState: "CR409" });
    const ended = await keys.begin({ providerKeyId });
    await keys.end(ended.useId, { outcome: "FAILED", inputTokens: 0, outputTokens: 0 });
    expect(await refusal(keys.open(ended.useId))).toMatchObject({ sqlState: "CR409" });
  });

  it("takes no model that is none, and no negative number of tokens", async () => {
    const { id: providerKeyId } = await keys.add();
    for (const model of ["", "a b", "x".repeat(201), "line\nbreak", "\u202emodel"])
      expect(await refusal(keys.begin({ providerKeyId, model }))).toEqual({ sqlState: "CR422", detail: "input.model" });
    expect(await refusal(keys.begin({ providerKeyId, tokensReserved: -1 }))).toEqual({
      sqlState: "CR422",
      detail: "input.maxTokens",
    });
  });

  it("is forgotten after a month, when another ends, while the log keeps it", async () => {
    const { id: providerKeyId } = await keys.add();
    const { useId } = await keys.begin({ providerKeyId });
    await keys.open(useId);
    await test.admin.query(
      "update cloakroom.provider_key_uses set begun_at = begun_at - interval '31 days 1 second' where id = $1",
      [useId],
    );
    await keys.end((await keys.begin({ providerKeyId })).useId);
    expect(await useRow(useId)).toBeUndefined();
    expect(await eventsOf(providerKeyId)).toHaveLength(1);
  });
});
