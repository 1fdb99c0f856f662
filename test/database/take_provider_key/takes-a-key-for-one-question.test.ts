import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Caller } from "../../../src/database/port.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { type DatabasePerson, memberOf, refusal, server, setLimits, signInTo } from "../../support/people.js";
import { type ProviderKeyCalls, providerKeyCalls } from "../../support/provider-keys.js";

describe("taking a provider key for one question", () => {
  let test: TestDatabase;
  let owner: DatabasePerson;
  let keys: ProviderKeyCalls;
  beforeAll(async () => {
    test = await createTestDatabase();
    await setLimits(test.database);
  });
  afterAll(() => test.drop());
  // An organization of their own for each test.
  const begin = async () => {
    owner = await signInTo(test.database);
    keys = providerKeyCalls(test.database, owner);
  };

  const take = (args: Record<string, unknown> = {}, person = owner, caller: Caller = server) =>
    keys.take(person, { tokensReserved: 10, ...args }, caller);
  const written = async () =>
    (
      await test.admin.query(
        `select (select count(*)::int from cloakroom.provider_key_uses where organization_id = $1) uses,
          (select count(*)::int from cloakroom.audit_events
           where organization_id = $1 and action = 'PROVIDER_KEY_USED' and actor_id = $2) events`,
        [owner.organizationId, owner.userId],
      )
    ).rows[0];

  it("answers the choices alone, newest first, where several keys or a provider's name could be meant", async () => {
    await begin();
    const first = await keys.add();
    const choice = ({ id }: { id: string }) => ({ id, provider: "openai", models: null });
    expect((await take({ model: "openai/gpt-4o" })).choices).toEqual([choice(first)]);
    const second = await keys.add();
    const answer = await take();
    expect(answer).toMatchObject({ useId: null, apiKey: null, choices: [choice(second), choice(first)] });
    expect(await written()).toEqual({ uses: 0, events: 0 });
    expect((await take({ providerKeyId: first.id })).providerKeyId).toBe(first.id);
    expect((await take({ provider: "openai" })).providerKeyId).toBe(second.id);
    await keys.update(second.id, { active: false });
    expect((await take()).providerKeyId).toBe(first.id);
  });

  it("finds a key under each name of its provider, and under no other's", async () => {
    await begin();
    const claude = await keys.add({ provider: "claude" });
    const house = await keys.add({ provider: "house" });
    for (const provider of ["anthropic", "claude"]) {
      expect((await take({ provider })).providerKeyId).toBe(claude.id);
      expect((await take({ provider, providerKeyId: claude.id })).providerKeyId).toBe(claude.id);
      expect(await refusal(take({ provider, providerKeyId: house.id }))).toMatchObject({ detail: "input.provider" });
    }
    const anthropic = await keys.add({ provider: "anthropic" });
    expect((await take({ provider: "claude" })).providerKeyId).toBe(anthropic.id);
    expect((await take({ provider: "house" })).providerKeyId).toBe(house.id);
    for (const provider of ["mistral", "house2"])
      expect(await refusal(take({ provider }))).toMatchObject({ detail: "input.provider" });
  });

  it("is for members, of live sessions, and for the server alone", async () => {
    await begin();
    const { id: providerKeyId } = await keys.add();
    await keys.add();
    const viewer = await memberOf(test.database, owner, "VIEWER");
    const stranger = await signInTo(test.database);
    for (const args of [{}, { providerKeyId }]) {
      expect(await refusal(take(args, viewer))).toMatchObject({ sqlState: "CR403" });
      expect(await refusal(take(args, stranger))).toMatchObject({ sqlState: "CR404" });
      expect(await refusal(take({ ...args, sessionId: stranger.sessionId }))).toMatchObject({ sqlState: "CR401" });
      expect(await refusal(take({ ...args, sessionId: randomUUID() }))).toMatchObject({ sqlState: "CR401" });
      expect(await refusal(take(args, owner, owner.caller))).toMatchObject({ sqlState: "42501" });
    }
    expect(await written()).toEqual({ uses: 0, events: 0 });
  });

  it("counts and records nothing where a limit refuses", async () => {
    await begin();
    const { id } = await keys.add();
    await keys.update(id, { limits: { requestsPerMinute: 1, models: ["gpt-*"] } });
    expect(await refusal(take({ model: "other" }))).toMatchObject({ sqlState: "CR403" });
    await take();
    expect(await refusal(take())).toMatchObject({ sqlState: "CR429" });
    expect(await written()).toEqual({ uses: 1, events: 1 });
  });
});
