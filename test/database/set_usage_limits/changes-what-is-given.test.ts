import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestDatabase } from "../../support/database.js";
import { providerKeyStage } from "../../support/organization-stage.js";
import { call, type DatabasePerson, memberOf, refusal, signInTo } from "../../support/people.js";
import { type ProviderKeyCalls, providerKeyCalls } from "../../support/provider-keys.js";

const none = { requestsPerMinute: null, tokensPerDay: null, models: null };

describe("limits of use", () => {
  let test: TestDatabase;
  let owner: DatabasePerson;
  let keys: ProviderKeyCalls;
  beforeAll(async () => {
    [test, owner, keys] = await providerKeyStage();
  });
  afterAll(() => test.drop());

  const read = ({ caller }: DatabasePerson, organizationIds = [owner.organizationId]) =>
    call<{ organizationId: string; limits: object }[]>(test.database, "usage_limits", { organizationIds }, caller);

  it("of an organization and of a key are none at first; what is left out stays, null lifts one", async () => {
    const { id } = await keys.add();
    const { organizationId } = owner;
    expect(await read(owner)).toEqual([{ organizationId, limits: none }]);
    const changes: [object, object][] = [
      [
        { requestsPerMinute: 10, models: ["b", "a*", "b"] },
        { ...none, requestsPerMinute: 10, models: ["b", "a*"] },
      ],
      [{ tokensPerDay: 2 ** 31 - 1 }, { requestsPerMinute: 10, tokensPerDay: 2 ** 31 - 1, models: ["b", "a*"] }],
      [{}, { requestsPerMinute: 10, tokensPerDay: 2 ** 31 - 1, models: ["b", "a*"] }],
      [{ requestsPerMinute: null, tokensPerDay: null, models: null }, none],
    ];
    for (const [given, expected] of changes) {
      expect(await keys.limit(given)).toEqual(expected);
      expect(await read(owner)).toEqual([{ organizationId, limits: expected }]);
      expect(await keys.update(id, { limits: given })).toMatchObject({ limits: expected });
    }
    expect(await keys.update(id, { limits: null })).toMatchObject({ limits: none });
  });

  it("are on record, with what they are now", async () => {
    const { id } = await keys.add({ label: "main" });
    await keys.update(id, { limits: { requestsPerMinute: 3 } });
    await keys.limit({ tokensPerDay: 5, models: ["o3"] });
    const { rows } = await test.admin.query(
      "select action, target_type, details from cloakroom.audit_events where organization_id = $1 order by sequence desc limit 2",
      [owner.organizationId],
    );
    const details = { provider: "openai", label: "main", limits: { requestsPerMinute: 3 } };
    expect(rows).toEqual([
      {
        action: "USAGE_LIMITS_SET",
        target_type: "organization",
        details: { limits: { tokensPerDay: 5, models: ["o3"] } },
      },
      { action: "PROVIDER_KEY_UPDATED", target_type: "provider_key", details },
    ]);
    await keys.limit(none);
  });

  const wrong: [string, unknown][] = [
    ["requestsPerMinute", 0],
    ["requestsPerMinute", -1],
    ["requestsPerMinute", 1.5],
    ["requestsPerMinute", 2 ** 31],
    ["requestsPerMinute", "10"],
    ["tokensPerDay", 0],
    ["tokensPerDay", true],
    ["models", []],
    ["models", [""]],
    ["models", ["a b"]],
    ["models", ["*a"]],
    ["models", [1]],
    ["models", ["x".repeat(201)]],
    ["models", Array.from({ length: 201 }, (_, n) => `m${n}`)],
    ["models", "gpt-4o"],
  ];
  it("that are none are refused by field, of an organization and of a key", async () => {
    const { id } = await keys.add();
    for (const [name, value] of wrong) {
      const expected = { sqlState: "CR422", detail: `input.limits.${name}` };
      expect(await refusal(keys.limit({ [name]: value })), JSON.stringify(value)).toEqual(expected);
      expect(await refusal(keys.update(id, { limits: { [name]: value } })), JSON.stringify(value)).toEqual(expected);
    }
    for (const value of [[], "x", { unknown: 1 }]) {
      const expected = { sqlState: "CR422", detail: "input.limits" };
      expect(await refusal(keys.limit(value))).toEqual(expected);
    }
    expect(await refusal(keys.update(id, { unknown: 1 }))).toEqual({ sqlState: "CR422", detail: "input" });
    expect(await read(owner)).toEqual([{ organizationId: owner.organizationId, limits: none }]);
  });

  it("are set by ADMINs, read by every member, and nothing to strangers", async () => {
    const stranger = await signInTo(test.database);
    const states = async (person: DatabasePerson) => [
      (await refusal(keys.limit({}, person.caller))).sqlState,
      (await read(person)).length,
    ];
    expect(await states(await memberOf(test.database, owner, "VIEWER"))).toEqual(["CR403", 1]);
    expect(await states(await memberOf(test.database, owner, "MEMBER"))).toEqual(["CR403", 1]);
    expect(await states(await memberOf(test.database, owner, "ADMIN"))).toEqual([null, 1]);
    expect(await states(stranger)).toEqual(["CR404", 0]);
    expect(await read(owner, [randomUUID()])).toEqual([]);
  });

  it("go with their organization", async () => {
    const leaving = await signInTo(test.database);
    const theirs = providerKeyCalls(test.database, leaving);
    const { organizationId } = leaving;
    await theirs.limit({ requestsPerMinute: 5 });
    await theirs.add();
    const { useId } = await theirs.take(undefined, { tokensReserved: 5 });
    await call(test.database, "delete_organization", { organizationId }, leaving.caller);
    expect(await theirs.end(useId)).toBe(false);
    for (const table of ["usage_limits", "provider_key_uses", "provider_key_tokens"]) {
      const { rows } = await test.admin.query(`select from cloakroom.${table} where organization_id = $1`, [
        organizationId,
      ]);
      expect(rows).toEqual([]);
    }
  });
});
