import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serverCaller } from "../../../src/database/server-caller.js";
import type { MemberRecord, OrganizationRecord } from "../../../src/services/organizations.js";
import type { Profile, SignIn } from "../../../src/services/sessions.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { call, codeFor, server, setLimits, signInTo, somePhone } from "../../support/people.js";

describe("confirm_verification: who signs in", () => {
  let testing: TestDatabase;
  beforeAll(async () => {
    testing = await createTestDatabase();
    await setLimits(testing.database);
  });
  afterAll(() => testing.drop());

  const confirm = async (
    phone: string,
    extra: Record<string, unknown> = {},
    address: string | null = "203.0.113.9",
  ) => {
    const code = await codeFor(testing.database, phone);
    return call<SignIn>(testing.database, "confirm_verification", { phone, code, ...extra }, serverCaller(address));
  };
  const count = async (text: string, values: unknown[]) =>
    Number((await testing.admin.query(text, values)).rows[0].count);

  test("a first sign-in makes the user and the organization Personal, with no event in its log", async () => {
    const person = await signInTo(testing.database, somePhone(), { name: "  Ada  " });
    const me = await call<Profile>(testing.database, "me", {}, person.caller);
    expect(me).toMatchObject({ id: person.userId, name: "Ada", phone: `+1••••••••${person.phone.slice(-2)}` });
    const organizations = await call<OrganizationRecord[]>(testing.database, "organizations", {}, person.caller);
    expect(organizations).toMatchObject([{ name: "Personal", role: "OWNER" }]);
    const members = await call<MemberRecord[]>(
      testing.database,
      "members",
      { organizationIds: [person.organizationId] },
      person.caller,
    );
    expect(members).toMatchObject([{ userId: person.userId, name: "Ada", role: "OWNER", phone: me.phone }]);
    expect(
      await count("select count(*) from cloakroom.audit_events where organization_id = $1", [person.organizationId]),
    ).toBe(0);
  });

  test("a second sign-in finds the same user and makes no organization", async () => {
    const person = await signInTo(testing.database);
    const again = await signInTo(testing.database, person.phone);
    expect(again.userId).toBe(person.userId);
    expect(again.sessionId).not.toBe(person.sessionId);
    expect(await call<unknown[]>(testing.database, "organizations", {}, again.caller)).toHaveLength(1);
  });

  test("a name is taken where there is none yet, and not over another", async () => {
    const phone = somePhone();
    expect((await confirm(phone)).profile.name).toBeNull();
    expect((await confirm(phone, { name: "Grace" })).profile.name).toBe("Grace");
    expect((await confirm(phone, { name: "Mallory" })).profile.name).toBe("Grace");
  });

  test("first sign-ins of one phone at once make one user", async () => {
    await setLimits(testing.database, { otp_max_attempts: 100 });
    const phone = somePhone();
    const before = await count("select count(*) from cloakroom.users", []);
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => confirm(phone).then(({ outcome }) => outcome)));
    expect(outcomes).toContain("signed_in");
    expect(await count("select count(*) from cloakroom.users", [])).toBe(before + 1);
  });

  test("a session lasts as long as the settings say, longer where it is to be remembered", async () => {
    await setLimits(testing.database, { session_days: 7, session_remember_days: 90 });
    const days = ({ session }: SignIn) => Math.round((Date.parse(session.expiresAt) - Date.now()) / 86_400_000);
    const [short, long] = [await confirm(somePhone()), await confirm(somePhone(), { rememberMe: true })];
    expect([days(short), short.session.rememberMe]).toEqual([7, false]);
    expect([days(long), long.session.rememberMe]).toEqual([90, true]);
  });

  test("the session shows that an address is known but never which, and cuts a long user agent", async () => {
    const { session } = await confirm(somePhone(), { userAgent: "x".repeat(5000) });
    expect(session).toMatchObject({ ipAddress: "••••••••", current: true, userAgent: "x".repeat(400) });
    expect((await confirm(somePhone(), {}, null)).session.ipAddress).toBeNull();
  });

  test("phone, address and refresh token stand in no table", async () => {
    const phone = somePhone();
    const { refreshToken } = await confirm(phone, {}, "203.0.113.77");
    for (const table of ["users", "members", "sessions", "refresh_tokens", "verification_codes"]) {
      const { rows } = await testing.admin.query(`select to_jsonb(t)::text as dump from cloakroom.${table} t`);
      const dump = rows.map((row) => row.dump).join("\n");
      for (const canary of [phone, phone.slice(1), "203.0.113.77", refreshToken]) expect(dump).not.toContain(canary);
    }
  });

  test("the first refresh token is 32 random bytes in base64url, each time others", async () => {
    const tokens = [(await confirm(somePhone())).refreshToken, (await confirm(somePhone())).refreshToken];
    for (const token of tokens) expect(Buffer.from(token, "base64url").toString("base64url")).toBe(token);
    expect(tokens.map((token) => Buffer.from(token, "base64url").length)).toEqual([32, 32]);
    expect(tokens[0]).not.toBe(tokens[1]);
  });

  test("configure_limits leaves what it is not told", async () => {
    await call(testing.database, "configure_limits", { limits: { otp_max_attempts: 3 } }, server);
    const { rows } = await testing.admin.query("select otp_max_attempts, session_days from cloakroom.settings");
    expect(rows).toEqual([{ otp_max_attempts: 3, session_days: 7 }]);
  });
});
