import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../support/database.js";

/** PostgREST runs stable functions in READ ONLY transactions, also for POST: there no session could be taken over. */
describe("the volatility of functions", () => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await createTestDatabase();
  });
  afterAll(() => test.drop());

  const names = async (sql: string) => (await test.admin.query<{ name: string }>(sql)).rows.map(({ name }) => name);

  it("is volatile for each that signed-in users call", async () => {
    expect(
      await names(`select p.oid::regprocedure::text as name from pg_proc p
        where p.pronamespace = 'cloakroom_api'::regnamespace and p.provolatile <> 'v'
          and has_function_privilege('authenticated', p.oid, 'execute')`),
    ).toEqual([]);
  });

  it("is volatile for each by which require_caller is reached: another would not see the session it takes over", async () => {
    const reaching = `with recursive reaching(oid, name, provolatile) as (
        select p.oid, p.pronamespace::regnamespace || '.' || p.proname, p.provolatile from pg_proc p
        where p.oid = 'cloakroom_private.require_caller()'::regprocedure
        union
        select p.oid, p.pronamespace::regnamespace || '.' || p.proname, p.provolatile
        from pg_proc p join reaching r on strpos(p.prosrc, r.name || '(') > 0
        where p.pronamespace in ('cloakroom_api'::regnamespace, 'cloakroom_private'::regnamespace))`;
    expect(await names(`${reaching} select name from reaching where provolatile <> 'v'`)).toEqual([]);
    expect(await names(`${reaching} select name from reaching`)).toContain("cloakroom_api.delete_column");
  });
});
