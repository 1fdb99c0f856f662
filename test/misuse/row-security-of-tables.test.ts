import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../support/database.js";
import { makePremises, type Premises } from "../support/direct-stage.js";
import { connectAsOwner, type OwnerConnection } from "../support/owner-connection.js";
import { signInTo } from "../support/people.js";

/** As the owner of all tables, by whom every function of cloakroom_api acts, with nothing between a person and a table. */
describe("row security, table by table", () => {
  let test: TestDatabase;
  let foreign: Premises;
  let connection: OwnerConnection;
  let strangersClaims: string;
  let tables: readonly string[];
  beforeAll(async () => {
    test = await createTestDatabase();
    foreign = await makePremises(test.database, "canary");
    strangersClaims = JSON.stringify((await signInTo(test.database)).caller.claims);
    connection = await connectAsOwner(test);
    const { rows } = await test.admin.query(
      `select a.attrelid::regclass::text as name from pg_attribute a join pg_class c on c.oid = a.attrelid
       where c.relnamespace = 'cloakroom'::regnamespace and c.relkind = 'r' and a.attname = 'organization_id'
         and not a.attisdropped order by 1`,
    );
    tables = rows.map(({ name }) => name as string);
  });
  afterAll(async () => {
    await connection?.end();
    await test?.drop();
  });

  /** Done under these claims, then undone: how many rows it was, or the SQLSTATE of a refusal. */
  async function outcomeOf(claims: string, statement: string, args: unknown[]): Promise<number | string | null> {
    await connection.query("begin");
    await connection.query("select set_config('request.jwt.claims', $1, true)", [claims]);
    const outcome = await connection.query(statement, args).then(
      ({ rowCount }) => rowCount,
      ({ code }: { code: string }) => code,
    );
    await connection.query("rollback");
    return outcome;
  }
  const reading = (table: string) => `select from ${table} where organization_id = $1`;

  it("shows the owner of an organization what every table has of it, and a stranger or nobody nothing", async () => {
    const ownersClaims = JSON.stringify(foreign.owner.caller.claims);
    expect(tables).toContain("cloakroom.webhook_events");
    for (const table of tables) {
      const of = (claims: string) => outcomeOf(claims, reading(table), [foreign.organizationId]);
      expect([table, await of(ownersClaims)]).toEqual([table, expect.any(Number)]);
      expect([table, await of(ownersClaims)]).not.toEqual([table, 0]);
      expect([table, await of(strangersClaims), await of("{}")]).toEqual([table, 0, 0]);
    }
  });

  it("lets a stranger change, delete and add nothing in any of them", async () => {
    for (const table of tables) {
      const of = (statement: string) => outcomeOf(strangersClaims, statement, [foreign.organizationId]);
      const { rows } = await test.admin.query(`select to_jsonb(t) as row from ${table} t where organization_id = $1`, [
        foreign.organizationId,
      ]);
      const added = await outcomeOf(
        strangersClaims,
        `insert into ${table} overriding system value select * from jsonb_populate_record(null::${table}, $1)`,
        [JSON.stringify(rows[0].row)],
      );
      const changed = await of(`update ${table} set organization_id = organization_id where organization_id = $1`);
      const deleted = await of(`delete from ${table} where organization_id = $1`);
      expect([table, changed, deleted, added]).toEqual([table, 0, 0, "42501"]);
    }
  });
});
