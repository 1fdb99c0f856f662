import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SignIn } from "../../../src/services/sessions.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { call, codeFor, refusal, server, setLimits, signInTo, somePhone } from "../../support/people.js";

describe("confirm_verification: codes", () => {
  let testing: TestDatabase;
  beforeAll(async () => {
    testing = await createTestDatabase();
    await setLimits(testing.database);
  });
  afterAll(() => testing.drop());

  const confirm = (phone: string, code: string, extra: Record<string, unknown> = {}) =>
    call<SignIn>(testing.database, "confirm_verification", { phone, code, ...extra }, server);
  const outcome = async (phone: string, code: string) => (await confirm(phone, code)).outcome;
  const other = (code: string, offset = 1) => String((Number(code) + offset) % 1_000_000).padStart(6, "0");
  const codeRow = async () =>
    (await testing.admin.query("select * from cloakroom.verification_codes order by created_at desc limit 1")).rows[0];

  test("a right code signs in once", async () => {
    const phone = somePhone();
    const code = await codeFor(testing.database, phone);
    expect(await outcome(phone, code)).toBe("signed_in");
    expect(await outcome(phone, code)).toBe("invalid_code");
  });

  test("twenty requests with one right code open one session", async () => {
    const phone = somePhone();
    const code = await codeFor(testing.database, phone);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => outcome(phone, code)));
    expect(outcomes.filter((one) => one === "signed_in")).toHaveLength(1);
  });

  test("the fifth wrong try kills the code, and the right one then answers like a wrong one", async () => {
    const phone = somePhone();
    const code = await codeFor(testing.database, phone);
    for (let tries = 1; tries <= 5; tries++) {
      expect(await outcome(phone, other(code, tries))).toBe("invalid_code");
      expect((await codeRow()).attempts).toBe(tries);
    }
    expect(await confirm(phone, code)).toEqual(await confirm(phone, other(code)));
    expect((await codeRow()).used_at).toBeNull();
  });

  test("the fourth wrong try leaves one", async () => {
    const phone = somePhone();
    const code = await codeFor(testing.database, phone);
    for (let tries = 1; tries <= 4; tries++) await outcome(phone, other(code, tries));
    expect(await outcome(phone, code)).toBe("signed_in");
  });

  test("a hundred wrong tries at once are all counted", async () => {
    const phone = somePhone();
    const code = await codeFor(testing.database, phone);
    await Promise.all(Array.from({ length: 100 }, (_, index) => outcome(phone, other(code, index + 1))));
    expect((await codeRow()).attempts).toBe(100);
    expect(await outcome(phone, code)).toBe("invalid_code");
  });

  test("a request that tries several codes spends all of its tries with the first wrong one", async () => {
    const phone = somePhone();
    const code = await codeFor(testing.database, phone);
    expect((await confirm(phone, other(code), { tries: 3 })).outcome).toBe("invalid_code");
    expect((await codeRow()).attempts).toBe(3);
    await confirm(phone, other(code), { tries: -5 });
    await confirm(phone, other(code), { tries: 0 });
    expect((await codeRow()).attempts).toBe(5);
    expect(await outcome(phone, code)).toBe("invalid_code");
  });

  test("only the newest code of a phone counts", async () => {
    const phone = somePhone();
    const first = await codeFor(testing.database, phone);
    let second = await codeFor(testing.database, phone);
    while (second === first) second = await codeFor(testing.database, phone);
    expect(await outcome(phone, first)).toBe("invalid_code");
    expect(await outcome(phone, second)).toBe("signed_in");
  });

  test("a code is worth nothing with another phone", async () => {
    const [mine, theirs] = [somePhone(), somePhone()];
    const code = await codeFor(testing.database, mine);
    while ((await codeFor(testing.database, theirs)) === code);
    expect(await outcome(theirs, code)).toBe("invalid_code");
    expect(await outcome(mine, code)).toBe("signed_in");
  });

  test("an expired code, one in another form and one that nobody asked for answer alike", async () => {
    const phone = somePhone();
    const code = await codeFor(testing.database, phone);
    await testing.admin.query("update cloakroom.verification_codes set expires_at = now() where id = $1", [
      (await codeRow()).id,
    ]);
    const expired = await confirm(phone, code);
    expect(expired.outcome).toBe("invalid_code");
    expect(await confirm(phone, "")).toEqual(expired);
    expect(await confirm(phone, "' or 1=1 --")).toEqual(expired);
    expect(await confirm(somePhone(), "123456")).toEqual(expired);
  });

  test("a bad name is refused before the code is looked at, right or wrong, so that it is no oracle", async () => {
    const phone = somePhone();
    const code = await codeFor(testing.database, phone);
    for (const name of ["", "   ", "x".repeat(201)])
      for (const tried of [code, other(code)])
        expect(await refusal(confirm(phone, tried, { name }))).toEqual({ sqlState: "CR422", detail: "input.name" });
    expect((await codeRow()).attempts).toBe(0);
    expect(await outcome(phone, code)).toBe("signed_in");
  });

  test("is for the server alone", async () => {
    const { caller, phone } = await signInTo(testing.database);
    const asUser = call(testing.database, "confirm_verification", { phone, code: "123456" }, caller);
    expect(await refusal(asUser)).toMatchObject({ sqlState: "42501" });
  });
});
