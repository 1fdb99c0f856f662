import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../support/database.js";
import { type DatabasePerson, server, setLimits, signInTo } from "../support/people.js";

/** Whoever stole the login role's password, and so may say any SQL as it. */
describe("the login role by itself", () => {
  let test: TestDatabase;
  let person: DatabasePerson;
  let thief: pg.Client;
  beforeAll(async () => {
    test = await createTestDatabase();
    await setLimits(test.database);
    person = await signInTo(test.database);
    thief = new pg.Client(test.url);
    await thief.connect();
  });
  afterAll(async () => {
    await thief.end();
    await test.drop();
  });

  const refused = (statement: string) =>
    thief.query(statement).then(
      () => null,
      ({ code }: pg.DatabaseError) => code,
    );

  it("becomes neither the owner nor the guard, and reads no table whichever role it takes on", async () => {
    for (const role of ["cloakroom_owner", "cloakroom_guard", "postgres"])
      expect(await refused(`set role ${role}`)).toBe("42501");
    for (const role of ["none", "authenticated", "service_role"]) {
      await thief.query(`set role ${role}`);
      for (const table of ["cloakroom.members", "cloakroom.rows", "vault.secrets", "vault.decrypted_secrets"])
        expect(await refused(`select from ${table}`)).toBe("42501");
      await thief.query("reset role");
    }
  });

  it("has no code of its own run as the owner, whose functions look for types among temporary ones last", async () => {
    await thief.query(`create function pg_temp.note(value pg_catalog.text) returns boolean language plpgsql as
      $$ begin raise warning '%', current_user; return true; end $$`);
    for (const type of ["text", "uuid", "jsonb", "timestamptz"])
      await thief.query(
        `create domain pg_temp.${type} as pg_catalog.${type} check (pg_temp.note(value::pg_catalog.text))`,
      );
    const ranAs = new Set<string | undefined>();
    thief.on("notice", ({ message }) => ranAs.add(message));
    const call = "select cloakroom_private.invoke($1, $2, $3, null, $4, $5)";
    const claims = JSON.stringify(person.caller.claims);
    const asked = JSON.stringify({ organization_id: person.organizationId });
    await thief.query(call, ["authenticated", claims, test.rootKey, "tables", asked]);
    await thief.query(call, [server.role, null, test.rootKey, "start_verification", '{"phone": "+14155550123"}']);
    expect([...ranAs]).toEqual([]);
  });

  it("works in read committed and leaves no parameter in the server's log, whatever the database's settings", async () => {
    for (const setting of ["default_transaction_isolation = 'serializable'", "log_parameter_max_length = -1"])
      await test.admin.query(`alter database ${test.name} set ${setting}`);
    const fresh = new pg.Client(test.url);
    await fresh.connect();
    const { rows } = await fresh.query(`select current_setting('transaction_isolation') as isolation,
      current_setting('log_parameter_max_length') as logged, current_setting('statement_timeout') as timeout`);
    await fresh.end();
    expect(rows).toEqual([{ isolation: "read committed", logged: "0", timeout: "30s" }]);
  });
});
