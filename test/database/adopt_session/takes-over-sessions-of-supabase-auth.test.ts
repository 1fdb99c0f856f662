import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Caller } from "../../../src/database/port.js";
import type { Profile, SessionRecord } from "../../../src/services/sessions.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { call, refusal, setLimits, signInTo, somePhone } from "../../support/people.js";
import { supabaseClaims } from "../../support/supabase-auth.js";
import { canariesIn, tableDump } from "../../support/table-dump.js";

let testing: TestDatabase;
beforeAll(async () => {
  testing = await createTestDatabase();
  await setLimits(testing.database);
});
afterAll(() => testing.drop());

const callerOf = (claims: Record<string, unknown> = {}): Caller & { claims: { sub: string; session_id: string } } => ({
  role: "authenticated",
  claims: supabaseClaims(claims),
  accessToken: null,
  clientAddress: "203.0.113.9",
});
const ask = <Result = unknown>(fn: string, caller: Caller, args = {}) =>
  call<Result>(testing.database, fn, args, caller);
const me = (caller: Caller) => ask<Profile>("me", caller);
const sessions = (caller: Caller) => ask<SessionRecord[]>("sessions", caller);
const digits = (phone: string) => phone.slice(1);

/** How much there is of what belongs to a user. */
async function countsOf(userId: string): Promise<Record<string, number>> {
  const { rows } = await testing.admin.query(
    `select (select count(*)::integer from cloakroom.users where id = $1) as users,
      (select count(*)::integer from cloakroom.sessions where user_id = $1) as sessions,
      (select count(*)::integer from cloakroom.members where user_id = $1 and role = 'OWNER') as organizations,
      (select count(*)::integer from vault.secrets where name = 'user:' || $1) as keys`,
    [userId],
  );
  return rows[0];
}

describe("the first call with a token of Supabase Auth", () => {
  test("makes profile, organization and session under the ids of the token", async () => {
    const phone = somePhone();
    const caller = callerOf({ phone: digits(phone) });
    const { sub, session_id } = caller.claims;
    expect(await me(caller)).toMatchObject({ id: sub, name: null, phone: `+1••••••••${phone.slice(-2)}` });
    const organizations = await ask<{ name: string; role: string }[]>("organizations", caller);
    expect(organizations).toMatchObject([{ name: "Personal", role: "OWNER" }]);
    const [session] = await sessions(caller);
    expect(session).toMatchObject({ id: session_id, current: true, rememberMe: true, userAgent: null });
    expect(session?.ipAddress).toBe("••••••••");
    const days = (Date.parse(session?.expiresAt ?? "") - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(89.9);
    expect(days).toBeLessThan(90.1);
    expect(await countsOf(sub)).toEqual({ users: 1, sessions: 1, organizations: 1, keys: 1 });
    expect(canariesIn(await tableDump(testing.admin), [digits(phone), "203.0.113.9"])).toEqual([]);
  });

  test("may be any: whichever it is, it finds its caller signed in", async () => {
    const firstCalls: [string, object, unknown][] = [
      ["session", {}, [expect.objectContaining({ current: true })]],
      ["sessions", {}, [expect.objectContaining({ current: true })]],
      ["organizations", {}, [expect.objectContaining({ name: "Personal" })]],
      ["conversations", {}, []],
      ["columns", { tableIds: [] }, []],
      ["members", { organizationIds: [randomUUID()] }, []],
      ["create_organization", { name: "Second" }, expect.objectContaining({ role: "OWNER" })],
      ["revoke_session", {}, true],
    ];
    for (const [fn, args, answer] of firstCalls) expect(await ask(fn, callerOf(), args), fn).toEqual(answer);
    for (const [fn, args] of [
      ["organization", { organizationId: randomUUID() }],
      ["tables", { organizationId: randomUUID() }],
      ["delete_rows", { ids: [randomUUID()] }],
      ["remove_member", { memberId: randomUUID() }],
    ] as const)
      expect((await refusal(ask(fn, callerOf(), args))).sqlState, fn).toBe("CR404");
  });

  test("of another session of theirs adds that session and nothing else", async () => {
    const first = callerOf({ phone: digits(somePhone()) });
    await me(first);
    const second = callerOf({ sub: first.claims.sub });
    expect(await me(second)).toEqual(await me(first));
    expect(await countsOf(first.claims.sub)).toEqual({ users: 1, sessions: 2, organizations: 1, keys: 1 });
  });

  test("at once with others makes one profile and one row for each session", async () => {
    const phone = somePhone();
    const sub = randomUUID();
    const same = callerOf({ sub, phone: digits(phone) });
    const others = Array.from({ length: 4 }, () => callerOf({ sub, phone: digits(phone) }));
    const profiles = await Promise.all([same, same, same, ...others, same].map(me));
    expect(new Set(profiles.map(({ id, phone }) => `${id} ${phone}`)).size).toBe(1);
    expect(await countsOf(sub)).toEqual({ users: 1, sessions: 5, organizations: 1, keys: 1 });
  });

  test("without a phone, or with one that is none, makes a profile without", async () => {
    const phones = [undefined, null, "", "123", "0049151234567", "abc", "1".repeat(16), { a: 1 }, "' or 1=1"];
    for (const phone of phones) expect((await me(callerOf({ phone }))).phone, String(phone)).toBeNull();
  });

  test("leaves a phone to whom it is already: to those who signed in here, and to the quicker of two", async () => {
    const here = await signInTo(testing.database);
    const there = callerOf({ phone: digits(here.phone) });
    expect((await me(there)).phone).toBeNull();
    expect((await signInTo(testing.database, here.phone)).userId).toBe(here.userId);

    const phone = somePhone();
    const both = await Promise.all([phone, phone, phone].map((one) => me(callerOf({ phone: digits(one) }))));
    expect(both.filter((profile) => profile.phone !== null)).toHaveLength(1);
  });

  test("at once with a sign-in by code leaves one user with the phone", async () => {
    const phone = somePhone();
    const there = callerOf({ phone: digits(phone) });
    const [profile, person] = await Promise.all([me(there), signInTo(testing.database, phone)]);
    expect(profile.phone === null).toBe(person.userId !== there.claims.sub);
    const { rows } = await testing.admin.query("select count(distinct phone_mask) from cloakroom.users where id = $1", [
      person.userId,
    ]);
    expect(rows).toEqual([{ count: "1" }]);
  });

  test("binds the invitations that wait for the phone", async () => {
    const [owner, phone] = [await signInTo(testing.database), somePhone()];
    await ask("add_member", owner.caller, { organizationId: owner.organizationId, phone, role: "VIEWER" });
    const names = await ask<{ id: string }[]>("organizations", callerOf({ phone: digits(phone) }));
    expect(names.map(({ id }) => id)).toContain(owner.organizationId);
  });

  test("through PostgREST does the same: the claims as they came, the role of the request", async () => {
    const client = await testing.admin.connect();
    try {
      const claims = supabaseClaims();
      await client.query("begin");
      // The stand-in for Supabase Vault alone needs it.
      await client.query("select set_config('cloakroom.root_key', $1, true)", [testing.rootKey]);
      await client.query("select set_config('request.jwt.claims', $1, true)", [JSON.stringify(claims)]);
      await client.query("set local role authenticated");
      expect((await client.query("select * from cloakroom_api.session()")).rows).toMatchObject([
        { id: claims.session_id, ip_address: null },
      ]);
      expect((await client.query("select * from cloakroom_api.me()")).rows).toMatchObject([{ id: claims.sub }]);
    } finally {
      await client.query("rollback");
      client.release();
    }
  });
});
