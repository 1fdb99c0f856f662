import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Caller, DatabaseError } from "../../src/database/port.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";

const canary = "canary-5a2e9c";
const service: Caller = { role: "service_role", claims: null, accessToken: null, clientAddress: null };
const user: Caller = {
  role: "authenticated",
  claims: { sub: "somebody" },
  accessToken: null,
  clientAddress: "192.0.2.7",
};

const functions = `
set local role cloakroom_owner;
create type cloakroom_api.probe_row as (row_id uuid, is_kept boolean, "values" jsonb);
create function cloakroom_api.probe_settings() returns json language sql security definer set search_path = '' as $$
  select json_build_object('claims', current_setting('request.jwt.claims'), 'address', cloakroom_private.client_address(),
    'root_key', current_setting('cloakroom.root_key'), 'session', session_user) $$;
create function cloakroom_api.probe_role() returns text language sql set search_path = '' as $$ select current_user::text $$;
create function cloakroom_api.probe_types(amount integer, ids uuid[] default null, names text[] default '{none}',
  content jsonb default '"default"', at timestamptz default null) returns json language sql security definer set search_path = '' as $$
  select json_build_object('amount', amount, 'ids', ids, 'names', names, 'content', content, 'at', at) $$;
create function cloakroom_api.probe_rows(how_many integer) returns setof cloakroom_api.probe_row
  language sql security definer set search_path = '' as $$
  select gen_random_uuid(), true, '{"snake_key": {"inner_key": 1}}'::jsonb from generate_series(1, how_many) $$;
create function cloakroom_api.probe_row(is_found boolean) returns cloakroom_api.probe_row
  language plpgsql security definer set search_path = '' as $$
  declare v_row cloakroom_api.probe_row;
  begin if is_found then v_row.is_kept := true; end if; return v_row; end $$;
create function cloakroom_api.probe_nothing() returns void language sql security definer set search_path = '' as $$ select null $$;
create function cloakroom_api.probe_error(state text, secret text) returns void
  language plpgsql security definer set search_path = '' as $$
  begin
    if state = 'cast' then perform secret::integer; end if;
    raise exception using errcode = state, message = 'sentence', detail = secret, hint = secret;
  end $$;
create function cloakroom_api.probe_ungranted() returns int language sql security definer set search_path = '' as $$ select 1 $$;
create table cloakroom.probe_deferred (name text primary key deferrable initially deferred);
create function cloakroom_api.probe_deferred(secret text) returns void language sql security definer set search_path = '' as $$
  insert into cloakroom.probe_deferred select secret from generate_series(1, 2) $$;
revoke all on all functions in schema cloakroom_api from public;
grant execute on all functions in schema cloakroom_api to authenticated, service_role;
revoke all on function cloakroom_api.probe_ungranted() from authenticated;
`;

let db: TestDatabase;
const call = (fn: string, args: Record<string, unknown> = {}, caller: Caller = service): Promise<unknown> =>
  (db.database as unknown as { call(...all: unknown[]): Promise<unknown> }).call(fn, args, caller);
const failure = (fn: string, args: Record<string, unknown> = {}, caller: Caller = service): Promise<DatabaseError> =>
  call(fn, args, caller).then(
    () => Promise.reject(new Error("was answered")),
    (error: DatabaseError) => error,
  );

beforeAll(async () => {
  db = await createTestDatabase();
  await db.admin.query(`begin; ${functions} commit;`);
});
afterAll(() => db?.drop());

describe("the login role", () => {
  let client: pg.Client;
  beforeAll(async () => {
    client = new pg.Client(db.url);
    await client.connect();
  });
  afterAll(() => client?.end());

  test("can execute the dispatcher of ours and nothing else", async () => {
    const { rows } = await client.query(
      `select n.nspname || '.' || p.proname as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       where n.nspname not in ('pg_catalog', 'information_schema') and has_schema_privilege(n.oid, 'usage')
       and has_function_privilege(p.oid, 'execute') and n.nspname <> 'extensions'`,
    );
    expect(rows.map((row) => row.name).sort()).toEqual(["cloakroom_private.invoke"]);
  });

  test("reads no table of ours", async () => {
    const { rows } = await client.query(
      `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname in ('cloakroom', 'cloakroom_api', 'cloakroom_private', 'vault') and c.relkind in ('r', 'v', 'm', 'p')
       and has_table_privilege(c.oid, 'select, insert, update, delete')`,
    );
    expect(rows).toEqual([]);
  });

  test("is refused an API function that it calls by itself", async () => {
    await expect(client.query("select cloakroom_api.probe_role()")).rejects.toMatchObject({ code: "42501" });
  });
});

describe("the dispatcher", () => {
  test("runs a function as the caller's role, with its claims, address and the root key", async () => {
    expect(await call("probe_role", {}, user)).toBe("authenticated");
    expect(await call("probe_settings", {}, user)).toEqual({
      claims: '{"sub": "somebody"}',
      address: "192.0.2.7",
      rootKey: db.rootKey,
      session: "cloakroom_server",
    });
  });

  test("makes arguments of the function's types, leaves out what was left out, and takes null as null", async () => {
    const ids = ["0b9e33a8-28c0-4b0c-9a4b-6f2f1d3d0c11"];
    expect(await call("probe_types", { amount: 7, ids, names: ["a,b", '"{}"'], content: { k: [1] } })).toEqual({
      amount: 7,
      ids,
      names: ["a,b", '"{}"'],
      content: { k: [1] },
      at: null,
    });
    expect(await call("probe_types", { amount: 7, content: null })).toMatchObject({ names: ["none"], content: null });
    expect(await call("probe_types", { amount: 7 })).toMatchObject({ content: "default" });
  });

  test("answers rows as an array, one row as an object, no row and no value as null, in camelCase but for users' data", async () => {
    const rows = (await call("probe_rows", { howMany: 2 })) as Record<string, unknown>[];
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({ isKept: true, values: { snake_key: { inner_key: 1 } } });
    expect(await call("probe_rows", { howMany: 0 })).toEqual([]);
    expect(await call("probe_row", { isFound: true })).toEqual({ rowId: null, isKept: true, values: null });
    expect(await call("probe_row", { isFound: false })).toBeNull();
    expect(await call("probe_nothing")).toBeNull();
  });

  test("refuses a role outside its list, a function without grant, and an unknown function or argument", async () => {
    for (const role of ["cloakroom_owner", "postgres", "anon", "none", "cloakroom_server"])
      expect((await failure("probe_role", {}, { ...service, role: role as "service_role" })).sqlState).toBe("42501");
    expect((await failure("probe_ungranted", {}, user)).sqlState).toBe("42501");
    expect((await failure("no_such_function")).sqlState).toBe("42883");
    expect((await failure("probe_role(); drop table x; --")).sqlState).toBe("42883");
    expect((await failure("probe_rows", { howMany: 1, other: 2 })).sqlState).toBe("42883");
    expect((await failure("probe_rows")).sqlState).toBe("42883");
  });

  test("leaves no role and no setting behind, after an answer or a refusal, even inside a longer transaction", async () => {
    const client = new pg.Client(db.url);
    await client.connect();
    const read = `select current_user as role, concat(current_setting('request.jwt.claims', true),
      current_setting('cloakroom.root_key', true), current_setting('cloakroom.client_address', true)) as settings`;
    const invoke = "select cloakroom_private.invoke('authenticated', '{\"sub\":1}', 'key', 'address', $1, $2)";
    await client.query("begin");
    await client.query(invoke, ["probe_role", "{}"]);
    expect((await client.query(read)).rows).toEqual([{ role: "cloakroom_server", settings: "" }]);
    await client.query("savepoint s");
    await client.query(invoke, ["probe_error", '{"state": "CR404", "secret": ""}']).catch(() => undefined);
    await client.query("rollback to s");
    expect((await client.query(read)).rows).toEqual([{ role: "cloakroom_server", settings: "" }]);
    await client.end();
  });
});

describe("an error", () => {
  test("of our own class carries its sentence and field", async () => {
    const error = await failure("probe_error", { state: "CR422", secret: "input.name" });
    expect(error).toBeInstanceOf(DatabaseError);
    expect({ ...error, message: error.message }).toMatchObject({
      sqlState: "CR422",
      message: "sentence",
      detail: "input.name",
    });
  });

  test.each([
    ["a failed cast", "probe_error", { state: "cast", secret: canary }, "22P02"],
    ["a raised exception", "probe_error", { state: "P0001", secret: canary }, "P0001"],
    ["a constraint checked at the end", "probe_deferred", { secret: canary }, "23505"],
    ["an argument of the wrong type", "probe_types", { amount: canary }, "22P02"],
    ["an unknown argument", "probe_types", { amount: 1, [canary]: canary }, "42883"],
    ["a NUL", "probe_types", { amount: `${canary}\u0000` }, "CR422"],
    ["half a surrogate pair", "probe_types", { amount: `${canary}\ud800` }, "CR422"],
  ])("out of %s carries its SQLSTATE and no value, to the caller or from the server", async (_, fn, args, sqlState) => {
    const error = await failure(fn, args);
    expect(error.sqlState).toBe(sqlState);
    expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain(canary);
    const client = new pg.Client(db.url);
    await client.connect();
    const text = JSON.stringify(args).replace(/\\u(0000|d800)/, "");
    const raw: pg.DatabaseError = await client
      .query("select cloakroom_private.invoke('service_role', null, '', null, $1, $2)", [fn, text])
      .then(
        () => ({}) as pg.DatabaseError,
        (refusal) => refusal,
      );
    expect(JSON.stringify([raw.message, raw.detail, raw.hint, raw.where, raw.internalQuery])).not.toContain(canary);
    await client.end();
  });

  test("does not cost the connection it came over, and a lost connection is 08006 and nothing worse", async () => {
    await failure("probe_error", { state: "CR404", secret: "" });
    await db.admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'cloakroom_server'
      and application_name = 'cloakroom' and datname = current_database()`);
    const outcomes = await Promise.all([1, 2, 3].map(() => call("probe_role").catch((error) => error.sqlState)));
    for (const outcome of outcomes) expect(["service_role", "08006"]).toContain(outcome);
    expect(await call("probe_role")).toBe("service_role");
    expect(await db.database.isReady()).toBe(true);
  });
});
