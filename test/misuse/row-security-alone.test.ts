import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../support/database.js";
import { type DirectAccess, openDirectAccess } from "../support/direct-caller.js";
import { everythingOf, makePremises, type Premises, representativeCalls } from "../support/direct-stage.js";
import { call, server, signInTo } from "../support/people.js";

/** Every check of a role or membership taken out: they say yes to whoever has a session, and know the foreign ids. */
const withoutChecks = (organizationId: string) => `
  create or replace function cloakroom_private.require_role(organization_id uuid, minimum text) returns uuid
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
  begin return cloakroom_private.require_caller(); end $$;
  create or replace function cloakroom_private.lock_organization(organization_id uuid) returns void
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$ begin end $$;
  create or replace function cloakroom_private.not_found() returns void
  language plpgsql stable set search_path = pg_catalog, pg_temp as $$ begin end $$;
  create or replace function cloakroom_private.reachable_table(table_id uuid, minimum text) returns cloakroom.tables
  language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
  begin return row(table_id, '${organizationId}'::uuid, 'found', now())::cloakroom.tables; end $$;`;

/** What functions ask for in a query of their own, and by what it is undone. */
const ownConditions: Record<string, readonly [condition: string, instead: string]> = {
  me: ["where u.id = v_user_id", "order by u.id <> (select f.user_id from foreign_user f)"],
  sessions: ["s.user_id = v_user_id and", ""],
  session: ["where s.id = cloakroom_private.claim('session_id')::uuid", ""],
  revoke_session: ["and s.user_id = v_user_id", ""],
  organizations: ["where m.user_id = v_user_id", ""],
  members: ["and m.organization_id = any ((select cloakroom_private.caller_organizations())::uuid[])", ""],
  conversations: ["c.id = any ((select cloakroom_private.caller_conversations())::uuid[])", "true"],
  messages: ["and c.id = any ((select cloakroom_private.caller_conversations())::uuid[])", ""],
};

describe("row security alone, with every membership check taken out", () => {
  let test: TestDatabase;
  let access: DirectAccess;
  let foreign: Premises;
  let claims: Record<string, unknown>;
  beforeAll(async () => {
    test = await createTestDatabase();
    foreign = await makePremises(test.database, "canary");
    const stranger = await signInTo(test.database);
    claims = stranger.caller.claims as Record<string, unknown>;
    access = await openDirectAccess(test);
    await test.admin.query(withoutChecks(foreign.organizationId));
    for (const [fn, [condition, instead]] of Object.entries(ownConditions)) {
      const own = instead.replace("(select f.user_id from foreign_user f)", `'${foreign.owner.userId}'`);
      await withoutCondition(fn, condition, own);
    }
  });
  afterAll(async () => {
    await access?.end();
    await test?.drop();
  });

  async function withoutCondition(fn: string, condition: string, instead: string) {
    const { rows } = await test.admin.query(`select pg_get_functiondef('cloakroom_api.${fn}'::regproc) as text`);
    const text = rows[0].text as string;
    if (!text.includes(condition)) throw new Error(`${fn} does not ask "${condition}" any more.`);
    await test.admin.query(text.replace(condition, instead));
  }

  const everythingForeign = async () =>
    (await test.admin.query(everythingOf(foreign.organizationId))).rows[0].everything as string;

  const moreCalls = (): [string, Record<string, unknown>][] => {
    const { tableId, rowId, secretId, columnIds } = foreign;
    return [
      ["update_column", { id: secretId, changes: { sensitive: false, unseal: true } }],
      ["update_column", { id: secretId, changes: { mask: "FULL", name: "of a stranger" } }],
      ["add_rows", { table_id: tableId, rows: [{}] }],
      ["add_rows", { table_id: tableId, rows: [{ [columnIds.text ?? ""]: "of a stranger" }] }],
      ["update_row", { id: rowId, values: {} }],
      ["update_row", { id: rowId, values: { [columnIds.text ?? ""]: "of a stranger" } }],
      ["audit_events", { organization_id: foreign.organizationId }],
      ["whole_list", { function_name: "members", args: { organization_ids: [foreign.organizationId] } }],
    ];
  };

  it("answers a stranger nothing of another organization in any function, and writes nothing into it", async () => {
    const before = await everythingForeign();
    expect(before).toContain("canary");
    const calls = [...Object.entries(representativeCalls(foreign)), ...moreCalls()];
    const granted = access.signatures.filter(({ isForUsers }) => isForUsers).map(({ name }) => name);
    expect([...new Set(calls.map(([fn]) => fn))].sort()).toEqual(granted);
    const ids = [
      foreign.owner.userId,
      foreign.memberId,
      foreign.keyId,
      foreign.conversationId,
      foreign.owner.sessionId,
    ];
    for (const [fn, args] of calls) {
      // The stranger's own organization and account are nobody else's business: undone, so that the vault stays as it was.
      const ask = /^(create_organization|delete_account)$/.test(fn) ? access.tryOut : access.call;
      const answer = await ask(claims, fn, args).catch(() => "refused");
      const text = `${fn}: ${JSON.stringify(answer)}`;
      expect(text).not.toMatch(/canary|@|"hash"|rowCount":[1-9]|eventsChecked":[1-9]/i);
      for (const id of ids) expect(text).not.toContain(id);
    }
    expect(await everythingForeign()).toBe(before);
    const { rows } = await test.admin.query("select revoked_at from cloakroom.sessions where user_id = $1", [
      foreign.owner.userId,
    ]);
    expect(rows.filter(({ revoked_at }) => revoked_at !== null)).toEqual([]);
  });

  it("would be noticed missing: the same functions do tell the owner of what is theirs", async () => {
    const { claims } = foreign.owner.caller;
    for (const fn of Object.keys(ownConditions)) {
      const answer = await access.tryOut(claims, fn, representativeCalls(foreign)[fn]);
      expect([fn, JSON.stringify(answer)]).toEqual([fn, expect.stringMatching(/^true$|"id":"/)]);
    }
  });

  it("gives the server itself no way to users' tables but finishing conversions", async () => {
    const { organizationId, tableId, rowId, secretId } = foreign;
    for (const [fn, args] of [
      ["rows", { tableIds: [tableId] }],
      ["reveal_cell", { rowId, columnId: secretId }],
      ["members", { organizationIds: [organizationId] }],
    ] as const)
      await expect(call(test.database, fn, args, server)).rejects.toMatchObject({ sqlState: "42501" });
  });
});
