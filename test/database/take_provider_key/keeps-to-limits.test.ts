import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../../../src/database/port.js";
import { createPostgresDatabase } from "../../../src/database/postgres.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { awayFromMidnight } from "../../support/midnight.js";
import { memberOf, refusal, setLimits, signInTo } from "../../support/people.js";
import { type ProviderKeyCalls, providerKeyCalls } from "../../support/provider-keys.js";

describe("the limits of provider keys", () => {
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

  async function organizationWithKey(limits: object = {}, overAll: object = {}) {
    const owner = await signInTo(database);
    const keys = providerKeyCalls(database, owner);
    const { id: providerKeyId } = await keys.add();
    await keys.update(providerKeyId, { limits });
    await keys.limit(overAll);
    return { owner, keys, providerKeyId };
  }
  /** How many of the calls passed; all others must have been told to wait. */
  async function passed(calls: Promise<unknown>[]): Promise<number> {
    const outcomes = await Promise.all(calls.map(refusal));
    const others = outcomes.filter(({ sqlState }) => sqlState !== null);
    for (const { sqlState, detail } of others) {
      expect(sqlState).toBe("CR429");
      expect(Number(detail)).toBeGreaterThan(0);
    }
    return outcomes.length - others.length;
  }
  const age = (useId: string, interval: string) =>
    test.admin.query("update cloakroom.provider_key_uses set begun_at = begun_at - $2::interval where id = $1", [
      useId,
      interval,
    ]);

  it("let exactly as many requests of one key pass in a minute as they say, of a hundred at once by two people", async () => {
    const { owner, keys } = await organizationWithKey({ requestsPerMinute: 7 });
    const member = await memberOf(database, owner, "MEMBER");
    const calls = Array.from({ length: 100 }, (_, n) => keys.take(n % 2 ? owner : member));
    expect(await passed(calls)).toBe(7);
  });

  it("hold over all keys of an organization too, and over no other organization", async () => {
    const { owner, keys, providerKeyId } = await organizationWithKey(
      { requestsPerMinute: 50 },
      { requestsPerMinute: 9 },
    );
    const { id: second } = await keys.add();
    const other = await organizationWithKey();
    const mine = Array.from({ length: 100 }, (_, n) =>
      keys.take(owner, { providerKeyId: n % 2 ? providerKeyId : second }),
    );
    const theirs = Array.from({ length: 20 }, () => other.keys.take());
    expect(await passed(mine)).toBe(9);
    expect(await passed(theirs)).toBe(20);
  });

  it("never let a day's tokens be reserved twice by a hundred at once, and give back what a use did not take", async () => {
    const { keys } = await organizationWithKey({ tokensPerDay: 1000 });
    const begun: string[] = [];
    const begin = () => keys.take(undefined, { tokensReserved: 90 }).then(({ useId }) => void begun.push(useId));
    expect(await passed(Array.from({ length: 100 }, begin))).toBe(11);
    const args = { inputTokens: 20, outputTokens: 20 };
    await Promise.all(begun.splice(0).map((useId) => keys.end(useId, args)));
    // 440 of 1,000 are spent: six times 90 fit.
    expect(await passed(Array.from({ length: 100 }, begin))).toBe(6);
  });

  it("count tokens over all keys too, with uses that end in between", async () => {
    const { keys, providerKeyId } = await organizationWithKey({}, { tokensPerDay: 1000 });
    const { id: second } = await keys.add();
    let spent = 0;
    const spendOne = async (n: number) => {
      const { useId } = await keys.take(undefined, {
        providerKeyId: n % 2 ? providerKeyId : second,
        tokensReserved: 50,
      });
      await keys.end(useId, { inputTokens: 25, outputTokens: 25 });
      spent += 50;
    };
    await passed(Array.from({ length: 100 }, (_, n) => spendOne(n)));
    expect(spent).toBeLessThanOrEqual(1000);
    for (let n = 0; spent < 1000; n++) await spendOne(n);
    const wait = await refusal(spendOne(0));
    expect(wait.sqlState).toBe("CR429");
    const now = new Date();
    const toMidnight = 86_400 - (now.getUTCHours() * 3600 + now.getUTCMinutes() * 60 + now.getUTCSeconds());
    expect(Math.abs(Number(wait.detail) - toMidnight)).toBeLessThan(30);
  });

  it("open again when the oldest request is a minute old, and say how long that takes", async () => {
    const { keys } = await organizationWithKey({ requestsPerMinute: 2 });
    const [first] = [await keys.take(), await keys.take()];
    await age(first.useId, "40 seconds");
    const { sqlState, detail } = await refusal(keys.take());
    expect(sqlState).toBe("CR429");
    expect(Number(detail)).toBeGreaterThan(10);
    expect(Number(detail)).toBeLessThanOrEqual(20);
    await age(first.useId, "20 seconds");
    await keys.take();
    expect(await refusal(keys.take())).toMatchObject({ sqlState: "CR429" });
  });

  it("count all that a use reserved until it ends, and to the end of its day where it never does", async () => {
    const { keys } = await organizationWithKey({ tokensPerDay: 100 });
    const { useId } = await keys.take(undefined, { tokensReserved: 100 });
    const one = () => keys.take(undefined, { tokensReserved: 1 });
    expect(await refusal(one())).toEqual({ sqlState: "CR429", detail: "5" });
    await test.admin.query(
      "update cloakroom.provider_key_uses set begun_at = date_trunc('day', now(), 'UTC') where id = $1",
      [useId],
    );
    expect(await refusal(one())).toMatchObject({ sqlState: "CR429" });
    await age(useId, "1 millisecond");
    await one();
  });

  it("do not count yesterday's tokens today", async () => {
    const { keys, providerKeyId } = await organizationWithKey({ tokensPerDay: 100 });
    await keys.end((await keys.take(undefined, { tokensReserved: 100 })).useId, { inputTokens: 100, outputTokens: 0 });
    expect(await refusal(keys.take(undefined, { tokensReserved: 1 }))).toMatchObject({ sqlState: "CR429" });
    await test.admin.query("update cloakroom.provider_key_tokens set day = day - 1 where provider_key_id = $1", [
      providerKeyId,
    ]);
    await keys.take(undefined, { tokensReserved: 100 });
  });

  it("refuse at once what no day would allow, and let a list of models be asked when the day is spent", async () => {
    const { keys } = await organizationWithKey({ tokensPerDay: 100 });
    expect(await refusal(keys.take(undefined, { tokensReserved: 101 }))).toEqual({
      sqlState: "CR422",
      detail: "input.maxTokens",
    });
    await keys.end((await keys.take(undefined, { tokensReserved: 100 })).useId, { inputTokens: 150, outputTokens: 0 });
    expect(await refusal(keys.take(undefined, { tokensReserved: 1 }))).toMatchObject({ sqlState: "CR429" });
    await keys.take(undefined, { model: null });
  });

  it("allow models by name or beginning, of the key and of the organization both", async () => {
    const { keys } = await organizationWithKey({ models: ["gpt-4o*", "o3", "o3"] }, { models: ["gpt-4o-mini", "o3"] });
    const states: Record<string, string | null> = {};
    for (const model of ["gpt-4o-mini", "o3", "gpt-4o", "o3-mini", "GPT-4O-MINI", "gpt-4%"])
      states[model] = (await refusal(keys.take(undefined, { model }))).sqlState;
    expect(states).toEqual({
      "gpt-4o-mini": null,
      o3: null,
      "gpt-4o": "CR403",
      "o3-mini": "CR403",
      "GPT-4O-MINI": "CR403",
      "gpt-4%": "CR403",
    });
    expect(await keys.take(undefined, { model: null })).toMatchObject({
      models: ["gpt-4o*", "o3"],
      organizationModels: ["gpt-4o-mini", "o3"],
    });
  });

  it("say which of them is reached, and whose, and no number of it", async () => {
    const sentence = (keys: ProviderKeyCalls, tokensReserved: number) =>
      keys.take(undefined, { tokensReserved }).then(
        () => null,
        ({ message }: Error) => message,
      );
    for (const [whose, isOfKey] of [
      ["This key", true],
      ["The organization", false],
    ] as const) {
      const within = (limits: object) => (isOfKey ? organizationWithKey(limits) : organizationWithKey({}, limits));
      const requests = (await within({ requestsPerMinute: 1 })).keys;
      await requests.take();
      expect(await sentence(requests, 0)).toBe(`${whose} has no requests left for this minute.`);
      const tokens = (await within({ tokensPerDay: 100 })).keys;
      const { useId } = await tokens.take(undefined, { tokensReserved: 60 });
      expect(await sentence(tokens, 50)).toBe(`${whose} has not enough tokens left while other calls are under way.`);
      await tokens.end(useId, { inputTokens: 60, outputTokens: 0 });
      expect(await sentence(tokens, 50)).toBe(`${whose} has not enough tokens left for today (UTC).`);
      expect(await sentence(tokens, 40)).toBeNull();
    }
  });

  it("name the one that is waited for longest, where several are reached", async () => {
    const { keys } = await organizationWithKey({ requestsPerMinute: 1 }, { tokensPerDay: 100 });
    await keys.end((await keys.take(undefined, { tokensReserved: 100 })).useId, { inputTokens: 100, outputTokens: 0 });
    await expect(keys.take(undefined, { tokensReserved: 1 })).rejects.toThrow("The organization has not enough tokens");
  });

  it("do not count what they refused", async () => {
    const { keys } = await organizationWithKey({ requestsPerMinute: 1, models: ["o3"] });
    for (let n = 0; n < 3; n++)
      expect(await refusal(keys.take(undefined, { model: "gpt-4o" }))).toMatchObject({ sqlState: "CR403" });
    await keys.take(undefined, { model: "o3" });
  });
});
