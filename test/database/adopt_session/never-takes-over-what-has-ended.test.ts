import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Caller } from "../../../src/database/port.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { call, refusal, setLimits, signInTo } from "../../support/people.js";
import { supabaseClaims } from "../../support/supabase-auth.js";
import { tableDump } from "../../support/table-dump.js";

let testing: TestDatabase;
beforeAll(async () => {
  testing = await createTestDatabase();
  await setLimits(testing.database);
});
afterAll(() => testing.drop());

const withClaims = (claims: Record<string, unknown>): Caller => ({
  role: "authenticated",
  claims,
  accessToken: null,
  clientAddress: null,
});
const ask = (fn: string, caller: Caller, args = {}) => call(testing.database, fn, args, caller);
const now = () => Math.floor(Date.now() / 1000);

/** Refused by all that ask who calls, and nothing of it stays. */
async function expectNobody(claims: Record<string, unknown>): Promise<void> {
  const caller = withClaims(claims);
  const before = await tableDump(testing.admin);
  expect(await ask("session", caller)).toEqual([]);
  for (const fn of ["me", "sessions", "organizations", "revoke_session"])
    expect(await refusal(ask(fn, caller)), fn).toEqual({ sqlState: "CR401", detail: null });
  expect(await tableDump(testing.admin)).toBe(before);
}

describe("nobody is taken over", () => {
  const without = (...names: string[]) =>
    Object.fromEntries(Object.entries(supabaseClaims()).filter(([name]) => !names.includes(name)));

  test("by a token of ours, which holds no aal, whose session is missing", async () => {
    const person = await signInTo(testing.database);
    await expectNobody({ ...person.caller.claims, session_id: randomUUID(), exp: now() + 3600, role: "authenticated" });
    await expectNobody(without("aal"));
    await expectNobody(without("aal", "amr", "is_anonymous", "email", "phone", "app_metadata", "user_metadata"));
  });

  const wrong: [string, () => Record<string, unknown>][] = [
    ["an aal that is null", () => supabaseClaims({ aal: null })],
    ["an aal that is a number", () => supabaseClaims({ aal: 1 })],
    ["somebody anonymous", () => supabaseClaims({ is_anonymous: true })],
    ["somebody anonymous in words", () => supabaseClaims({ is_anonymous: "true" })],
    ["an anonymity that is null", () => supabaseClaims({ is_anonymous: null })],
    ["an exp that is passed", () => supabaseClaims({ exp: now() - 1 })],
    ["an exp in words", () => supabaseClaims({ exp: String(now() + 3600) })],
    ["no exp", () => without("exp")],
    ["another role", () => supabaseClaims({ role: "service_role" })],
    ["no role", () => without("role")],
    ["no sub", () => without("sub")],
    ["a sub that is no uuid", () => supabaseClaims({ sub: "auth0|123" })],
    ["no session", () => without("session_id")],
    ["a session that is no uuid", () => supabaseClaims({ session_id: "' or 1=1" })],
    [
      "an exp beyond all numbers",
      () => JSON.parse(JSON.stringify(supabaseClaims()).replace(/"exp":\d+/, '"exp":-1e400')),
    ],
    ["nothing at all", () => ({})],
  ];
  for (const [what, claims] of wrong) test(`by claims with ${what}`, () => expectNobody(claims()));

  test("in a session that was revoked or has expired", async () => {
    const revoked = supabaseClaims();
    expect(await ask("revoke_session", withClaims(revoked))).toBe(true);
    await expectNobody(revoked);
    const expired = supabaseClaims();
    await ask("me", withClaims(expired));
    await testing.admin.query("update cloakroom.sessions set expires_at = now() where id = $1", [expired.session_id]);
    await expectNobody(expired);
  });

  test("in a session of another user, live or ended", async () => {
    const person = await signInTo(testing.database);
    await expectNobody(supabaseClaims({ session_id: person.sessionId }));
    expect(await ask("revoke_session", person.caller)).toBe(true);
    await expectNobody(supabaseClaims({ session_id: person.sessionId }));
  });

  test("as a user who signed in here by code, in a session of theirs that ended", async () => {
    const person = await signInTo(testing.database);
    await ask("revoke_session", person.caller);
    await expectNobody(supabaseClaims({ sub: person.userId, session_id: person.sessionId }));
  });

  test("in a session whose row was deleted, alone or with its user, who may sign up again in a new one", async () => {
    const deleted = supabaseClaims();
    await ask("me", withClaims(deleted));
    await testing.admin.query("delete from cloakroom.sessions where id = $1", [deleted.session_id]);
    await expectNobody(deleted);

    const gone = supabaseClaims();
    await ask("me", withClaims(gone));
    await testing.admin.query("delete from cloakroom.users where id = $1", [gone.sub]);
    await expectNobody(gone);
    await expectNobody({ ...gone, sub: randomUUID() });
    const again = withClaims({ ...gone, session_id: randomUUID() });
    expect(await ask("me", again)).toMatchObject({ id: gone.sub });
  });

  test("while the database would not remember: the trigger works for replicas too, and nobody can take an end back", async () => {
    const client = await testing.admin.connect();
    const claims = supabaseClaims();
    await ask("me", withClaims(claims));
    try {
      await client.query("begin; set local session_replication_role = replica");
      await client.query("delete from cloakroom.sessions where id = $1", [claims.session_id]);
      await client.query("commit");
    } finally {
      client.release();
    }
    await expectNobody(claims);
    const { rows } = await testing.admin.query(
      `select r.rolname from pg_roles r where has_table_privilege(r.oid, 'cloakroom.ended_sessions', 'delete, update, truncate')
        and r.rolname in ('anon', 'authenticated', 'service_role', 'cloakroom_server', 'cloakroom_guard')`,
    );
    expect(rows).toEqual([]);
  });
});
