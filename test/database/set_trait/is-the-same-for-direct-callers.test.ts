import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { asDirectCaller } from "../../support/as-direct-caller.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { call, type DatabasePerson, refusal, setLimits, signInTo } from "../../support/people.js";

describe("set_trait and its neighbours, called without the server", () => {
  let test: TestDatabase;
  let person: DatabasePerson;
  let other: DatabasePerson;
  beforeAll(async () => {
    test = await createTestDatabase();
    await setLimits(test.database);
    [person, other] = [await signInTo(test.database), await signInTo(test.database)];
    await call(test.database, "set_trait", { input: { name: "own", value: "canary" } }, other.caller);
  });
  afterAll(() => test.drop());

  const direct = (statement: string, values: unknown[] = []) =>
    asDirectCaller(test, person, (query) => query(statement, values)).then(
      ({ rows }) => ({ rows, code: null, told: "" }),
      (error: pg.DatabaseError) => ({
        rows: [],
        code: error.code,
        told: JSON.stringify([error.message, error.detail, error.hint]),
      }),
    );
  const setText = (input: string) => direct("select * from cloakroom_api.set_trait($1)", [input]);
  const set = (input: unknown) => setText(JSON.stringify(input));

  it("keeps what is in bounds, and refuses the rest as over the server", async () => {
    expect((await set({ name: "n", value: [1] })).rows).toMatchObject([
      { name: "n", value: [1], confidence: 1, source: "user" },
    ]);
    const refused: [unknown, string][] = [
      [{}, "input.name"],
      [[], "input"],
      ["canary", "input"],
      [{ name: "canary" }, "input.value"],
      [{ name: "canary", value: null }, "input.value"],
      [{ name: "n", value: `canary${"x".repeat(16_384)}` }, "input.value"],
      [{ name: "n", value: 1, confidence: "canary" }, "input.confidence"],
      [{ name: "n", value: 1, confidence: "NaN" }, "input.confidence"],
      [{ name: "n", value: 1, confidence: [0.5] }, "input.confidence"],
      [{ name: "n", value: 1, confidence: 1.1 }, "input.confidence"],
      [{ name: "n", value: 1, source: " " }, "input.source"],
      [{ name: ["canary"], value: 1 }, "input.name"],
      [{ name: "n", value: 1, source: { canary: 1 } }, "input.source"],
      [{ name: "n", value: 1, canary: 1 }, "input"],
    ];
    for (const [input, field] of refused) {
      const { code, told } = await set(input);
      expect([code, told.includes(field)], JSON.stringify(input)).toEqual(["CR422", true]);
      expect(told).not.toContain("canary");
    }
  });

  it("refuses a value that no server could read back, and a name that is no text", async () => {
    for (const value of ["1e400", `${"[".repeat(60)}1${"]".repeat(60)}`])
      expect((await setText(`{"name": "n", "value": ${value}}`)).code).toBe("CR422");
    for (const changes of ['{"name": 5}', '{"name": {"a": 1}}', '["name"]', '"name"', "5", '{"phone": "1"}'])
      expect((await direct("select cloakroom_api.update_profile($1)", [changes])).code, changes).toBe("CR422");
    expect((await direct("select cloakroom_api.update_profile($1)", ['{"name": null}'])).code).toBeNull();
  });

  it("shows and changes one's own and nobody else's, whatever is asked", async () => {
    const { rows } = await direct("select to_json(cloakroom_api.person()) as person");
    expect(rows[0]).toMatchObject({ person: { user_traits: [], trait_profile: null } });
    await call(test.database, "set_trait", { input: { name: "own", value: "mine" } }, person.caller);
    expect(await call(test.database, "person", {}, other.caller)).toMatchObject({ userTraits: [{ value: "canary" }] });
    for (const table of [
      "user_traits",
      "trait_profiles",
      "onboarding_sessions",
      "account_exports",
      "users",
      "settings",
    ])
      expect((await direct(`select * from cloakroom.${table}`)).code, table).toBe("42501");
  });

  it("keeps 200 traits of a person, and onboarding may add its own", async () => {
    for (let n = 0; n < 200; n++)
      await call(test.database, "set_trait", { input: { name: `t${n}`, value: n } }, person.caller).catch(
        () => undefined,
      );
    const add = (name: string) => call(test.database, "set_trait", { input: { name, value: 0 } }, person.caller);
    expect(await refusal(add("one more"))).toEqual({ sqlState: "CR422", detail: "input.name" });
    expect(await refusal(add("t7"))).toEqual({ sqlState: null, detail: null });
    const held = await call<{ userTraits: { name: string }[] }>(test.database, "person", {}, person.caller);
    expect(held.userTraits).toHaveLength(200);
  });

  it("lets no signed-in user say what is asked, and none but them be answered", async () => {
    const script = JSON.stringify({ steps: [], summary: [] });
    expect((await direct("select cloakroom_api.configure_onboarding($1)", [script])).code).toBe("42501");
    expect((await direct("select cloakroom_api.answer_onboarding($1)", ['{"step": "a", "answer": 1}'])).code).toBe(
      "CR422",
    );
    await asDirectCaller(test, person, async (query) => {
      await query("select set_config('request.jwt.claims', '{}', true)");
      for (const fn of [
        "person()",
        "delete_account()",
        "export_account()",
        "set_trait('{}')",
        "update_profile('{}')",
      ]) {
        await query("savepoint s");
        await expect(query(`select cloakroom_api.${fn}`), fn).rejects.toMatchObject({ code: "CR401" });
        await query("rollback to s");
      }
    });
  });
});
