import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../support/database.js";
import { type Claims, type DirectAccess, openDirectAccess } from "../support/direct-caller.js";
import { everythingOf, makePremises, type Premises, representativeCalls } from "../support/direct-stage.js";
import { call, type DatabasePerson, server, signInTo } from "../support/people.js";

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
  revoke_all_sessions: ["s.user_id = v_user_id and", ""],
  me: ["where u.id = v_user_id", "order by u.id <> (select f.user_id from foreign_user f)"],
  sessions: ["s.user_id = v_user_id and", ""],
  session: ["where s.id = cloakroom_private.claim('session_id')::uuid", ""],
  revoke_session: ["and s.user_id = v_user_id", ""],
  organizations: ["where m.user_id = v_user_id", ""],
  members: ["and m.organization_id = any ((select cloakroom_private.caller_organizations())::uuid[])", ""],
  conversations: ["c.id = any ((select cloakroom_private.caller_conversations())::uuid[])", "true"],
  webhook_events: ["and cloakroom_private.is_at_least(cloakroom_private.caller_role(e.organization_id), 'ADMIN')", ""],
  messages: ["and c.id = any ((select cloakroom_private.caller_conversations())::uuid[])", ""],
};

/** What is asked for by what they call. */
const sharedConditions: Record<string, readonly [condition: string, instead: string]> = {
  traits_of: ["where t.user_id = traits_of.user_id", ""],
  onboarding_answers: ["where o.user_id = onboarding_answers.user_id", ""],
  export_sessions: ["where s.user_id = export_sessions.user_id", ""],
  export_traits: ["where t.user_id = export_traits.user_id", ""],
  export_onboarding: ["where o.user_id = export_onboarding.user_id", ""],
  export_memberships: ["where m.user_id = export_memberships.user_id", ""],
  export_audit_events: ["where a.actor_id = export_audit_events.user_id", ""],
  export_conversations: ["c.id = any ((select cloakroom_private.caller_conversations())::uuid[])", "true"],
};

/** By whom they find the person to whom all of that belongs; instead of it they look for the owner of the foreign one. */
const callers = {
  "cloakroom_api.person": "v_user_id := cloakroom_private.require_caller()",
  "cloakroom_private.locked_person": "v_user_id uuid := cloakroom_private.require_caller()",
  "cloakroom_api.delete_account": "u.id = cloakroom_private.caller_id()",
};
const ofOnesOwn = ["person", "update_profile", "set_trait", "answer_onboarding", "export_account"];

describe("row security alone, with every membership check taken out", () => {
  let test: TestDatabase;
  let access: DirectAccess;
  let foreign: Premises;
  let claims: Record<string, unknown>;
  let leaver: DatabasePerson;
  beforeAll(async () => {
    test = await createTestDatabase();
    foreign = await makePremises(test.database, "canary");
    const stranger = await signInTo(test.database);
    claims = stranger.caller.claims as Record<string, unknown>;
    leaver = await signInTo(test.database);
    access = await openDirectAccess(test);
    await test.admin.query(withoutChecks(foreign.organizationId));
    for (const [fn, [condition, instead]] of Object.entries(ownConditions)) {
      const own = instead.replace("(select f.user_id from foreign_user f)", `'${foreign.owner.userId}'`);
      await withoutCondition(`cloakroom_api.${fn}`, condition, own);
    }
    for (const [fn, [condition, instead]] of Object.entries(sharedConditions))
      await withoutCondition(`cloakroom_private.${fn}`, condition, instead);
  });
  afterAll(async () => {
    await access?.end();
    await test?.drop();
  });

  async function withoutCondition(fn: string, condition: string, instead: string) {
    const { rows } = await test.admin.query(`select pg_get_functiondef('${fn}'::regproc) as text`);
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
      foreign.quarantinedKeyId,
      foreign.integrationId,
      foreign.webhookEndpointId,
      foreign.conversationId,
      foreign.owner.sessionId,
    ];
    for (const [fn, args] of calls) {
      // The stranger's own organization and account are nobody else's business: undone, so that the vault stays as it was.
      const ask = /^(create_organization|delete_account)$/.test(fn) ? access.tryOut : access.call;
      const answer = await ask(claims, fn, args).catch(() => "refused");
      const text = `${fn}: ${JSON.stringify(answer)}`;
      // Of what is their own they are answered, so of nothing else as well: that would not open under their key.
      if (ofOnesOwn.includes(fn)) expect(text).not.toContain("refused");
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
      expect([fn, JSON.stringify(answer)]).toEqual([fn, expect.stringMatching(/^true$|^[1-9]|"id":"/)]);
    }
  });

  it("lets an account that is deleted take nothing of another with it", async () => {
    const before = JSON.parse(await everythingForeign()) as unknown[];
    const { rows } = await test.admin.query(
      `select data_key_id from cloakroom.users where id = $1
       union all select data_key_id from cloakroom.organizations where id = $2`,
      [leaver.userId, leaver.organizationId],
    );
    const theirs = rows.map(({ data_key_id }) => data_key_id);
    expect(await access.call(leaver.caller.claims as Claims, "delete_account")).toBe(true);
    const secrets = (before.pop() as string[]).filter((id) => !theirs.includes(id));
    expect(JSON.parse(await everythingForeign())).toEqual([...before, secrets]);
  });

  it("finds a stranger nobody but themselves, whoever is looked for", async () => {
    const before = await everythingForeign();
    for (const [fn, caller] of Object.entries(callers))
      await withoutCondition(fn, caller, caller.replace(/cloakroom_private\.\w+\(\)/, `'${foreign.owner.userId}'`));
    for (const fn of [...ofOnesOwn, "delete_account"]) {
      const ask = access.call(claims, fn, representativeCalls(foreign)[fn]);
      expect([fn, await ask.catch(({ code }) => code)]).toEqual([fn, "CR401"]);
    }
    expect(await everythingForeign()).toBe(before);
    const { claims: owners } = foreign.owner.caller;
    for (const fn of ofOnesOwn) await access.tryOut(owners, fn, representativeCalls(foreign)[fn]);
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
