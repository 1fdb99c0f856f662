import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestDatabase } from "../../support/database.js";
import { providerKeyStage } from "../../support/organization-stage.js";
import { type DatabasePerson, memberOf, refusal, signInTo } from "../../support/people.js";
import { newApiKey, type ProviderKeyCalls } from "../../support/provider-keys.js";

describe("rotating a provider key", () => {
  let test: TestDatabase;
  let owner: DatabasePerson;
  let keys: ProviderKeyCalls;
  beforeAll(async () => {
    [test, owner, keys] = await providerKeyStage();
  });
  afterAll(() => test.drop());

  const limits = { requestsPerMinute: 5, tokensPerDay: 1000, models: ["gpt-4o*"] };

  it("stores a new one with provider, label, base URL and limits of the old, deactivates the old, and is one event", async () => {
    const old = await keys.add({ label: "main", baseUrl: "https://llm.example.com/v1" });
    await keys.update(old.id, { limits });
    const admin = await memberOf(test.database, owner, "ADMIN");
    const apiKey = newApiKey();
    const rotated = await keys.rotate(old.id, ` ${apiKey}\n`, admin.caller);
    expect(rotated).toMatchObject({
      provider: "openai",
      label: "main",
      baseUrl: "https://llm.example.com/v1",
      apiKey: `••••••••${apiKey.slice(-4)}`,
      active: true,
      createdBy: admin.userId,
      lastUsedAt: null,
      quarantinedAt: null,
      limits,
    });
    expect(rotated.id).not.toBe(old.id);
    expect((await keys.list()).find(({ id }) => id === old.id)).toMatchObject({ active: false, apiKey: old.apiKey });
    expect(await keys.take(owner, { providerKeyId: rotated.id })).toMatchObject({ providerKeyId: rotated.id, apiKey });
    const { rows } = await test.admin.query(
      "select action, actor_id, details from cloakroom.audit_events where target_id = $1 order by sequence offset 2",
      [old.id],
    );
    const details = { provider: "openai", label: "main", newProviderKeyId: rotated.id };
    expect(rows).toEqual([{ action: "PROVIDER_KEY_ROTATED", actor_id: admin.userId, details }]);
  });

  it("refuses what insert_provider_key would, and then nothing has changed; the check beforehand refuses the same", async () => {
    const old = await keys.add({ provider: "anthropic" });
    const other = newApiKey();
    await keys.add({ apiKey: other });
    const before = await keys.list();
    const wrong: [string, string, string | null][] = [
      ["", "CR422", "input.apiKey"],
      ["with a blank", "CR422", "input.apiKey"],
      [["sk-", "proj-", newApiKey()].join(""), "CR422", "input.apiKey"],
      [["sk-ant-", "admin01-", newApiKey()].join(""), "CR422", "input.apiKey"],
      [other, "CR409", null],
    ];
    for (const [apiKey, sqlState, detail] of wrong)
      for (const ask of [keys.rotate, keys.check])
        expect(await refusal(ask(old.id, apiKey))).toEqual({ sqlState, detail });
    expect(await keys.list()).toEqual(before);
  });

  it("refuses the very key that it would replace", async () => {
    const apiKey = newApiKey();
    const { id } = await keys.add({ apiKey });
    expect(await refusal(keys.rotate(id, apiKey))).toMatchObject({ sqlState: "CR409" });
    expect((await keys.list()).find((key) => key.id === id)).toMatchObject({ active: true });
  });

  it("replaces a key in quarantine, which stays there", async () => {
    const old = await keys.add();
    await keys.quarantine(old.id);
    expect(await keys.rotate(old.id, newApiKey())).toMatchObject({ active: true, quarantinedAt: null });
    const found = (await keys.list()).find(({ id }) => id === old.id);
    expect(found).toMatchObject({ active: false, quarantinedAt: expect.any(String) });
  });

  it("says where to try the new key, and writes nothing by it", async () => {
    const { id } = await keys.add({ baseUrl: "https://llm.example.com/v1" });
    const before = await keys.list();
    expect(await keys.check(id, newApiKey())).toEqual({
      providerKeyId: id,
      provider: "openai",
      baseUrl: "https://llm.example.com/v1",
    });
    expect(await keys.list()).toEqual(before);
  });

  it("of two at once with one key, one does and the other conflicts", async () => {
    const { id } = await keys.add();
    const apiKey = newApiKey();
    const outcomes = await Promise.all([refusal(keys.rotate(id, apiKey)), refusal(keys.rotate(id, apiKey))]);
    expect(outcomes.map(({ sqlState }) => sqlState).sort()).toEqual(["CR409", null]);
  });

  describe("takes the place of an old key once:", () => {
    const conflict = { sqlState: "CR409", detail: null };
    const active = async () => (await keys.list()).filter(({ active }) => active).length;
    const rotationsOf = async (id: string) =>
      (
        await test.admin.query(
          "select from cloakroom.audit_events where target_id = $1 and action = 'PROVIDER_KEY_ROTATED'",
          [id],
        )
      ).rowCount;
    const refused = async (id: string, words: string) => {
      for (const ask of [keys.rotate, keys.check]) {
        await expect(ask(id, newApiKey())).rejects.toThrow(words);
        expect(await refusal(ask(id, newApiKey()))).toEqual(conflict);
      }
    };

    it("of three who replace one key at once, one does and two conflict", async () => {
      const { id } = await keys.add();
      const before = await active();
      const outcomes = await Promise.all(Array.from({ length: 3 }, () => refusal(keys.rotate(id, newApiKey()))));
      expect(outcomes.map(({ sqlState }) => sqlState).sort()).toEqual(["CR409", "CR409", null]);
      expect(await active()).toBe(before);
      expect(await rotationsOf(id)).toBe(1);
    });

    it("a deactivated key is refused, whoever deactivated it, until it is activated", async () => {
      const deactivated = "This provider key is deactivated: activate it first, or rotate the one that is in use now.";
      const replaced = await keys.add();
      await keys.rotate(replaced.id, newApiKey());
      const stopped = await keys.add();
      await keys.update(stopped.id, { active: false });
      for (const { id } of [replaced, stopped]) {
        await refused(id, deactivated);
        await keys.update(id, { active: true });
        await keys.rotate(id, newApiKey());
        await refused(id, deactivated);
      }
      expect(await rotationsOf(replaced.id)).toBe(2);
    });

    it("a key in quarantine is replaced once, before or in it, and anew when its successor is deleted", async () => {
      const already = "This provider key has been replaced already: rotate the one that replaced it.";
      const inQuarantine = await keys.add();
      await keys.quarantine(inQuarantine.id);
      const first = await keys.rotate(inQuarantine.id, newApiKey());
      await refused(inQuarantine.id, already);
      const before = await keys.add();
      const second = await keys.rotate(before.id, newApiKey());
      await keys.quarantine(before.id);
      await refused(before.id, already);
      // A successor is replaced like every other key, and its predecessor stays replaced.
      const third = await keys.rotate(second.id, newApiKey());
      await refused(before.id, already);
      await keys.remove(first.id);
      expect(await keys.rotate(inQuarantine.id, newApiKey())).toMatchObject({ active: true });
      await refused(inQuarantine.id, already);
      expect(await keys.rotate(third.id, newApiKey())).toMatchObject({ active: true });
    });

    it("a key that was released and activated is one that nothing has replaced", async () => {
      const { id } = await keys.add();
      await keys.rotate(id, newApiKey());
      await keys.quarantine(id);
      await keys.release(id);
      await keys.update(id, { active: true });
      await keys.quarantine(id);
      expect(await keys.rotate(id, newApiKey())).toMatchObject({ active: true });
    });
  });

  it("is for ADMINs: forbidden below, not found to a stranger, and so is the check", async () => {
    const { id } = await keys.add();
    const stranger = await signInTo(test.database);
    const member = await memberOf(test.database, owner, "MEMBER");
    for (const ask of [keys.rotate, keys.check]) {
      expect(await refusal(ask(id, newApiKey(), member.caller))).toMatchObject({ sqlState: "CR403" });
      expect(await refusal(ask(id, newApiKey(), stranger.caller))).toMatchObject({ sqlState: "CR404" });
      expect(await refusal(ask(randomUUID(), newApiKey()))).toMatchObject({ sqlState: "CR404" });
    }
  });
});
