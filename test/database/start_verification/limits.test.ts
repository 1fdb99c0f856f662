import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serverCaller } from "../../../src/database/server-caller.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { call, refusal, setLimits, signInTo, somePhone } from "../../support/people.js";

interface Challenge {
  outcome: string;
  retryAfter: number;
  code: string;
  phone: string;
  expiresAt: string;
  resendAt: string;
}

describe("start_verification", () => {
  let testing: TestDatabase;
  beforeAll(async () => {
    testing = await createTestDatabase();
  });
  afterAll(() => testing.drop());

  const start = (phone: string, address: string | null = "198.51.100.1") =>
    call<Challenge>(testing.database, "start_verification", { phone }, serverCaller(address));
  const limits = (changes: Record<string, number>) => setLimits(testing.database, changes);

  test("answers a six digit code, the masked phone and when it ends", async () => {
    await limits({ otp_ttl_seconds: 600, otp_resend_seconds: 60 });
    const phone = somePhone();
    const before = Date.now();
    const challenge = await start(phone);
    expect(challenge.outcome).toBe("sent");
    expect(challenge.code).toMatch(/^\d{6}$/);
    expect(challenge.phone).toBe(`+1••••••••${phone.slice(-2)}`);
    expect(Date.parse(challenge.expiresAt) - before).toBeGreaterThan(590_000);
    expect(Date.parse(challenge.expiresAt) - Date.parse(challenge.resendAt)).toBe(540_000);
  });

  test("refuses a second code within the resend wait and says how long to wait", async () => {
    await limits({ otp_resend_seconds: 60 });
    const phone = somePhone();
    await start(phone);
    const second = await start(phone);
    expect(second).toMatchObject({ outcome: "rate_limited", code: null });
    expect(second.retryAfter).toBeGreaterThan(30);
    expect(second.retryAfter).toBeLessThanOrEqual(60);
  });

  test("sends one code where twenty requests for a phone race", async () => {
    await limits({ otp_resend_seconds: 60 });
    const phone = somePhone();
    const answers = await Promise.all(Array.from({ length: 20 }, () => start(phone)));
    expect(answers.filter(({ outcome }) => outcome === "sent")).toHaveLength(1);
  });

  test("refuses more codes an hour than the phone may have", async () => {
    await limits({ otp_per_phone_per_hour: 3 });
    const phone = somePhone();
    for (let sent = 0; sent < 3; sent++) expect((await start(phone)).outcome).toBe("sent");
    const fourth = await start(phone);
    expect(fourth.outcome).toBe("rate_limited");
    expect(fourth.retryAfter).toBeGreaterThan(3500);
    expect((await start(somePhone())).outcome).toBe("sent");
  });

  test("refuses more codes an hour than the client's address may ask for, whatever the phones, also at once", async () => {
    await limits({ otp_per_address_per_hour: 4 });
    const answers = await Promise.all(Array.from({ length: 12 }, () => start(somePhone(), "198.51.100.20")));
    expect(answers.filter(({ outcome }) => outcome === "sent")).toHaveLength(4);
    expect((await start(somePhone(), "198.51.100.21")).outcome).toBe("sent");
  });

  test("counts all addresses of one IPv6 /64 as one, and an IPv4 address the same in its IPv6 writing", async () => {
    await limits({ otp_per_address_per_hour: 1 });
    expect((await start(somePhone(), "2001:db8:1:2::1")).outcome).toBe("sent");
    expect((await start(somePhone(), "2001:db8:1:2:ffff::2")).outcome).toBe("rate_limited");
    expect((await start(somePhone(), "2001:db8:1:3::1")).outcome).toBe("sent");
    expect((await start(somePhone(), "198.51.100.30")).outcome).toBe("sent");
    expect((await start(somePhone(), "::ffff:198.51.100.30")).outcome).toBe("rate_limited");
  });

  test("does the same for known and unknown phones", async () => {
    await limits({});
    const known = await signInTo(testing.database);
    const [first, second] = [await start(known.phone), await start(somePhone())];
    expect(Object.keys(first)).toEqual(Object.keys(second));
    expect(first.outcome).toBe(second.outcome);
  });

  test("keeps neither code nor phone but as keyed hashes", async () => {
    await limits({});
    const phone = somePhone();
    const { code } = await start(phone);
    const { rows } = await testing.admin.query("select to_jsonb(c)::text as dump from cloakroom.verification_codes c");
    const dump = rows.map((row) => row.dump).join("\n");
    expect(dump).not.toContain(phone.slice(1));
    expect(dump).not.toContain(`"${code}"`);
    const { rows: guesses } = await testing.admin.query(
      "select 1 from cloakroom.verification_codes where code_hash in (sha256($1), sha256(convert_to(id || ':' || $2, 'UTF8')))",
      [Buffer.from(code), code],
    );
    expect(guesses).toEqual([]);
  });

  test("refuses what is no phone number and never quotes it", async () => {
    for (const phone of ["", "hello", "5551234567", "+", `+${"1".repeat(30)}`])
      expect(await refusal(start(phone))).toEqual({ sqlState: "CR422", detail: "input.phone" });
  });

  test("forgets codes older than a day, a bounded number at a time", async () => {
    await limits({});
    await testing.admin.query(
      `insert into cloakroom.verification_codes (phone_hash, code_hash, created_at, expires_at)
       select 'old', 'old', now() - interval '2 days', now() from generate_series(1, 150)`,
    );
    const left = async () =>
      Number(
        (await testing.admin.query("select count(*) from cloakroom.verification_codes where phone_hash = 'old'"))
          .rows[0].count,
      );
    await start(somePhone());
    expect(await left()).toBe(50);
    await start(somePhone());
    expect(await left()).toBe(0);
  });

  test("is for the server alone", async () => {
    const { caller } = await signInTo(testing.database);
    expect(await refusal(call(testing.database, "start_verification", { phone: somePhone() }, caller))).toMatchObject({
      sqlState: "42501",
    });
  });
});
