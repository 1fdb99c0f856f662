import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { claimsOf, type DirectStage, openDirectStage } from "../support/direct-stage.js";
import { call } from "../support/people.js";

const shown = ["organizations", "members", "tables", "columns", "rows"];
const mayBeRead = shown.map((name) => `cloakroom_api.${name}`);
const roles = ["anon", "authenticated"] as const;

/** Anyone who reaches the database as PostgREST does, with SQL of their own: more than PostgREST lets through. */
describe("direct callers", () => {
  let stage: DirectStage;
  beforeAll(async () => {
    stage = await openDirectStage();
  });
  afterAll(() => stage?.close());

  /** What one statement does in a request of its own, which is undone: its rows, or the SQLSTATE. */
  async function outcomeOf(role: (typeof roles)[number], statement: string): Promise<unknown> {
    return stage.access
      .request({ claims: claimsOf(stage.own), role }, async (client) => (await client.query(statement)).rows, false)
      .catch((error: pg.DatabaseError) => error.code);
  }
  const namesOf = async (sql: string) =>
    (await stage.test.admin.query<{ name: string }>(sql)).rows.map(({ name }) => name);

  it("read no table or view but the five that are shown, and write to none at all", async () => {
    const relations = await namesOf(`select c.oid::regclass::text as name from pg_class c
      join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p', 'v', 'm', 'f')
        and n.nspname in ('cloakroom', 'cloakroom_api', 'cloakroom_private', 'vault')`);
    expect(relations.length).toBeGreaterThan(30);
    for (const role of roles)
      for (const name of relations) {
        const reads = await outcomeOf(role, `select to_jsonb(t)::text as row from ${name} t`);
        if (role === "anon" || !mayBeRead.includes(name)) expect([name, reads]).toEqual([name, "42501"]);
        else expect(JSON.stringify(reads)).toMatch(/own-canary|Personal/);
        expect(JSON.stringify(reads)).not.toMatch(/foreign-canary|sealed-/);
        for (const write of [
          `insert into ${name} default values`,
          `delete from ${name}`,
          `truncate ${name}`,
          `lock table ${name} in exclusive mode`,
          `copy ${name} to stdout`,
          `copy ${name} from program 'true'`,
          `create trigger t before insert on ${name} for each row execute function suppress_redundant_updates_trigger()`,
          `create policy p on ${name} using (true)`,
          `alter table ${name} disable row level security`,
          // To whom something is granted this is a warning, and nothing happens.
          ...(mayBeRead.includes(name) ? [] : [`grant select on ${name} to public`]),
          `comment on table ${name} is 'mine'`,
        ])
          expect([write, await outcomeOf(role, write)]).toEqual([
            write,
            expect.stringMatching(/^(42501|42809|0A000|42P16|55000)$/),
          ]);
      }
    for (const name of mayBeRead)
      for (const column of ["id", "name", "values", "role"])
        expect(await outcomeOf("authenticated", `update ${name} set "${column}" = null`)).toMatch(
          /^(42501|42703|55000)$/,
        );
  });

  it("neither call nor name a function that is not theirs, and use no sequence", async () => {
    const { test } = stage;
    const { rows } = await test.admin.query<{ name: string; granted: boolean }>(`
      select format('%I.%I(%s)', n.nspname, p.proname, (select string_agg('null::' || format_type(t, null), ', ')
          from unnest(p.proargtypes) t)) as name,
        n.nspname = 'cloakroom_api' and has_function_privilege('authenticated', p.oid, 'execute') as granted
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname in ('cloakroom', 'cloakroom_api', 'cloakroom_private', 'vault') and p.prokind = 'f'
        and p.prorettype <> 'trigger'::regtype`);
    for (const { name, granted } of rows) {
      expect([name, await outcomeOf("anon", `select ${name}`)]).toEqual([name, "42501"]);
      if (!granted) expect([name, await outcomeOf("authenticated", `select ${name}`)]).toEqual([name, "42501"]);
    }
    const sequences = await namesOf("select c.oid::regclass::text as name from pg_class c where c.relkind = 'S'");
    for (const name of sequences)
      for (const role of roles) {
        expect(await outcomeOf(role, `select nextval('${name}')`)).toBe("42501");
        expect(await outcomeOf(role, `select * from ${name}`)).toBe("42501");
      }
    expect(sequences.length).toBeGreaterThan(0);
  });

  it("become nobody else, whatever role or session they ask for", async () => {
    const { test } = stage;
    const superuser = decodeURIComponent(new URL(test.adminUrl).username);
    const others = ["service_role", "cloakroom_owner", "cloakroom_guard", "cloakroom_server", superuser];
    for (const role of roles) {
      for (const other of others)
        for (const statement of [
          `set local role "${other}"`,
          `select set_config('role', '${other}', true)`,
          `set session authorization "${other}"`,
          `grant "${other}" to ${role}`,
          `alter function cloakroom_private.caller_id() owner to "${other}"`,
          `create function pg_temp.f() returns int language sql security definer as 'select 1'; alter function pg_temp.f() owner to "${other}"`,
        ])
          expect([statement, await outcomeOf(role, statement)]).toEqual([
            statement,
            expect.stringMatching(/^(42501|0LP01)$/),
          ]);
      for (const statement of [
        `alter role ${role} superuser`,
        `alter role ${role} bypassrls`,
        "set local session_replication_role = replica",
        "create extension dblink",
        "create schema mine",
        "create function cloakroom_api.f() returns int language sql as 'select 1'",
        "create table public.mine ()",
        "create function pg_temp.f() returns int language c as 'libc', 'system'",
        "alter default privileges for role cloakroom_owner grant select on tables to public",
        "select pg_read_file('postgresql.conf')",
        "select lo_export(0, 'file')",
        "select lo_import('postgresql.conf')",
        "create server s foreign data wrapper postgres_fdw",
        "select pg_terminate_backend(pid) from pg_stat_activity where usename <> current_user",
        "select * from pg_authid",
        "select * from pg_statistic",
      ])
        expect([statement, await outcomeOf(role, statement)]).toEqual([
          statement,
          expect.stringMatching(/^(42501|42704)$/),
        ]);
    }
    // Row security cannot be turned off: a query that it would change is refused instead.
    for (const name of mayBeRead)
      expect(await outcomeOf("authenticated", `set local row_security = off; select * from ${name}`)).toBe("42501");
  });

  it("read nothing of others in statistics, other sessions' statements, plans or large objects", async () => {
    const { test } = stage;
    await test.admin.query("analyze");
    const statement = `select 'foreign-canary in a statement', pg_sleep(0)`;
    const other = await test.admin.connect();
    await other.query(statement);
    for (const role of roles) {
      const rows = [
        await outcomeOf(role, "select * from pg_stats where schemaname like 'cloakroom%'"),
        await outcomeOf(role, "select * from pg_stats_ext"),
        await outcomeOf(
          role,
          "select query from pg_stat_activity where query like '%canary%' and pid <> pg_backend_pid()",
        ),
        await outcomeOf(role, "select * from pg_largeobject_metadata"),
        await outcomeOf(role, "select * from pg_notification_queue_usage() u where u > 0"),
      ];
      expect(rows).toEqual([[], [], [], [], []]);
    }
    other.release();
    for (const name of mayBeRead) {
      const where = `where to_jsonb(t)::text like '%foreign%'`;
      const plan = await outcomeOf(
        "authenticated",
        `explain (analyze, verbose, settings) select * from ${name} t ${where}`,
      );
      expect(JSON.stringify(plan)).toContain("Plan");
      expect(JSON.stringify(plan)).not.toMatch(/-canary|••••/);
    }
  });

  it("hear nothing: no function announces what it did", async () => {
    const { test, access, own, foreign } = stage;
    const client = await access.connect();
    const heard: unknown[] = [];
    client.on("notification", (notification) => heard.push(notification));
    for (const channel of ["cloakroom", "rows", "audit", "pgrst", "realtime"]) await client.query(`listen ${channel}`);
    await call(test.database, "create_organization", { name: "unheard" }, foreign.owner.caller);
    await access.call(claimsOf(own), "rename_table", { id: own.tableId, name: "unheard" });
    await client.query("select 1");
    expect(heard).toEqual([]);
    await client.end();
  });
});
