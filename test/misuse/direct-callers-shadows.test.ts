import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { claimsOf, type DirectStage, openDirectStage, representativeCalls } from "../support/direct-stage.js";

const mayBeRead = ["organizations", "members", "tables", "columns", "rows"].map((name) => `cloakroom_api.${name}`);

describe("what direct callers put in the way of names", () => {
  let stage: DirectStage;
  beforeAll(async () => {
    stage = await openDirectStage();
  });
  afterAll(() => stage?.close());

  const namesOf = async (sql: string) =>
    (await stage.test.admin.query<{ name: string }>(sql)).rows.map(({ name }) => name);

  it("show no hidden row to a function of their own in a WHERE, however cheap it says it is", async () => {
    const { access, own, foreign } = stage;
    const seen = await access.request(
      { claims: claimsOf(own) },
      async (client) => {
        const notices: string[] = [];
        client.on("notice", ({ message }) => notices.push(message ?? ""));
        await client.query(`create function pg_temp.spy(what jsonb) returns boolean language plpgsql immutable cost 0.0000001 as $$
          begin raise notice '%', what; return true; end $$`);
        await client.query(`create function pg_temp.spy(id uuid, id2 uuid) returns boolean language plpgsql cost 0.0000001 as $$
          begin raise notice '%', id; return true; end $$`);
        await client.query("create operator pg_temp.= (leftarg = uuid, rightarg = uuid, function = pg_temp.spy)");
        for (const name of mayBeRead) {
          await client.query(`select * from ${name} t where pg_temp.spy(to_jsonb(t))`);
          await client.query(`select * from ${name} t where id operator(pg_temp.=) id order by id`);
          await client.query(`select count(*) from ${name} a join ${name} b on a.id operator(pg_temp.=) b.id`);
          await client.query(`select (select pg_temp.spy(to_jsonb(t))) from ${name} t limit 1`);
        }
        return notices;
      },
      false,
    );
    const all = seen.join("\n");
    expect(all).toContain(own.rowId);
    for (const id of [foreign.rowId, foreign.tableId, foreign.organizationId, foreign.memberId, foreign.secretId])
      expect(all).not.toContain(id);
    expect(all).not.toMatch(/foreign-canary|sealed-/);
  });

  it("get the same whatever stands in their search_path and in pg_temp, and have nothing of theirs run for them", async () => {
    const { test, access, own } = stage;
    await test.admin.query("create schema hostile authorization authenticated");
    // What they can make, with the names that our functions and views use.
    const shadows = await namesOf(`select format('create function %s.%I(%s) returns %s language plpgsql as $t$
        begin raise exception ''trapped as %%'', current_user; end $t$', s.name, p.proname,
        pg_get_function_identity_arguments(p.oid), pg_get_function_result(p.oid)) as name
      from pg_proc p, (values ('hostile'), ('pg_temp')) s(name)
      where p.pronamespace = 'pg_catalog'::regnamespace and p.prokind = 'f'
        and not exists (select from unnest(p.proargtypes || p.prorettype) t where t in (select oid from pg_type where typtype = 'p'))
        and exists (select from pg_proc o where o.pronamespace in ('cloakroom_api'::regnamespace, 'cloakroom_private'::regnamespace)
          and o.prosrc ~ ('\\m' || p.proname || '\\('))`);
    expect(shadows.length).toBeGreaterThan(100);
    const operators =
      await namesOf(`select format('create operator %s.%s (leftarg = %s, rightarg = %s, function = hostile.trap_%s)',
        s.name, o.oprname, o.oprleft::regtype, o.oprright::regtype, o.oid) as name
      from pg_operator o, (values ('hostile'), ('pg_temp')) s(name)
      where o.oprname in ('=', '->', '->>', '||', '<>', '~', '?', '-') and o.oprkind = 'b'
        and o.oprleft::regtype::text in ('uuid', 'text', 'jsonb', 'integer', 'bigint', 'bytea')`);
    const traps =
      await namesOf(`select format('create function hostile.trap_%s(%s, %s) returns %s language plpgsql as $t$
        begin raise exception ''trapped as %%'', current_user; end $t$', o.oid, o.oprleft::regtype, o.oprright::regtype,
        o.oprresult::regtype) as name
      from pg_operator o where o.oprname in ('=', '->', '->>', '||', '<>', '~', '?', '-') and o.oprkind = 'b'
        and o.oprleft::regtype::text in ('uuid', 'text', 'jsonb', 'integer', 'bigint', 'bytea')`);
    const types = [
      "uuid",
      "text",
      "jsonb",
      "integer",
      "bigint",
      "bytea",
      "timestamptz",
      "boolean",
      "data_row",
      "members",
    ];
    const domains = types.flatMap((name) =>
      ["hostile", "pg_temp"].map(
        (schema) => `create domain ${schema}."${name}" as pg_catalog.int4 check (hostile.trap())`,
      ),
    );
    const tables = ["members", "sessions", "rows", "columns", "organizations", "users"].flatMap((name) =>
      ["hostile", "pg_temp"].map((schema) => `create table ${schema}.shadow_of_${name} as select 1 as id`),
    );
    const client = await access.connect();
    await client.query("set role authenticated");
    await client.query(`create function hostile.trap() returns pg_catalog.bool language plpgsql as $$
      begin raise exception 'trapped as %', current_user; end $$`);
    await client.query("create table pg_temp.columns (id int); create table pg_temp.rows (id int)");
    for (const statement of [...traps, ...shadows, ...operators, ...tables, ...domains])
      await client.query(statement).catch(() => undefined);
    const trapped = await client.query("select pg_temp.btrim('a')").catch((error) => error.message);
    expect(trapped).toBe("trapped as authenticated");
    const asked = { claims: claimsOf(own), signatures: access.signatures };
    for (const path of ["hostile, pg_temp, pg_catalog", "pg_temp, hostile, cloakroom_api", "''"])
      for (const [fn, args] of Object.entries(representativeCalls(own))) {
        const plainly = await access.tryOut(asked.claims, fn, args).catch((error: pg.DatabaseError) => error.code);
        await client.query("begin");
        await client.query("select pg_catalog.set_config('request.jwt.claims', $1, true)", [
          JSON.stringify(asked.claims),
        ]);
        await client.query(`set local search_path = ${path}`);
        const answer = await callQualified(client, fn, args).catch((error: pg.DatabaseError) => error.code);
        await client.query("rollback");
        expect([path, fn, shapeOf(answer)]).toEqual([path, fn, shapeOf(plainly)]);
      }
    await client.end();
    await test.admin.query("drop schema hostile cascade");
  });

  const plainTypes: Record<string, string> = {
    integer: "int4",
    bigint: "int8",
    boolean: "bool",
    "timestamp with time zone": "timestamptz",
  };
  /** As callIn, in words that a hostile search_path does not change. */
  async function callQualified(client: pg.Client, fn: string, args: Record<string, unknown>): Promise<unknown> {
    const signature = stage.access.signatures.find(({ name }) => name === fn);
    const names = Object.keys(args);
    const typed = (name: string) =>
      `pg_catalog.${plainTypes[signature?.arguments[name] ?? ""] ?? signature?.arguments[name]}`;
    const list = names.map((name, index) => `"${name}" => $${index + 1}::${typed(name)}`).join(", ");
    const values = names.map((name) =>
      signature?.arguments[name] === "jsonb" && args[name] !== null ? JSON.stringify(args[name]) : args[name],
    );
    const text = `select pg_catalog.json_agg(pg_catalog.to_json(r)) as answer from cloakroom_api.${fn}(${list}) r`;
    const rows = ((await client.query(text, values)).rows[0].answer ?? []) as unknown[];
    return signature?.isSet ? rows : rows[0];
  }

  /** Whether it is a list and of how many, or which type. */
  const shapeOf = (answer: unknown) => (Array.isArray(answer) ? answer.length : typeof answer);

  it("see with a statement prepared, or a cursor opened, under other claims what the claims in force show", async () => {
    const { access, own, foreign } = stage;
    const client = await access.connect();
    const read = (claims: Record<string, unknown>, statement: string) =>
      client
        .query("begin; set local role authenticated")
        .then(() => client.query("select set_config('request.jwt.claims', $1, true)", [JSON.stringify(claims)]))
        .then(() => client.query(statement))
        .finally(() => client.query("commit"));
    await read(claimsOf(own), "prepare shown as select id from cloakroom_api.rows order by 1");
    await read(claimsOf(own), "prepare listed as select id from cloakroom_api.tables($1)");
    for (let turn = 0; turn < 12; turn++) {
      const [who, other] = turn % 2 ? [own, foreign] : [foreign, own];
      const { rows } = await read(claimsOf(who), "execute shown");
      expect(rows.map(({ id }) => id)).toContain(who.rowId);
      expect(rows.map(({ id }) => id)).not.toContain(other.rowId);
      await expect(read(claimsOf(who), `execute listed('${other.organizationId}')`)).rejects.toMatchObject({
        code: "CR404",
      });
      expect((await read({}, "execute shown")).rows).toEqual([]);
    }
    await client.query("begin; set local role anon");
    await expect(client.query("execute shown")).rejects.toMatchObject({ code: "42501" });
    await client.query("rollback; begin; set local role authenticated");
    await client.query("select set_config('request.jwt.claims', $1, true)", [JSON.stringify(claimsOf(own))]);
    await client.query("declare c cursor for select id from cloakroom_api.rows");
    await client.query("select set_config('request.jwt.claims', '{}', true)");
    expect((await client.query("fetch all from c")).rows).toEqual([]);
    await client.end();
  });
});
