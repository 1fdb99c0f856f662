import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SignIn } from "../../../src/services/sessions.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { call, refusal, server, setLimits, signInTo, somePhone } from "../../support/people.js";

interface CodeTry {
  outcome: string;
  codeId: string | null;
}

describe("spend_code_try: codes that are judged outside", () => {
  let testing: TestDatabase;
  beforeAll(async () => {
    testing = await createTestDatabase();
    await setLimits(testing.database);
  });
  afterAll(() => testing.drop());

  const started = async (phone = somePhone()) => {
    const { codeId } = await call<{ codeId: string }>(testing.database, "start_verification", { phone }, server);
    return { phone, codeId };
  };
  const spend = (phone: string, extra: Record<string, unknown> = {}) =>
    call<CodeTry>(testing.database, "spend_code_try", { phone, ...extra }, server);
  const confirm = async (phone: string, approvedCodeId: string | null) =>
    (await call<SignIn>(testing.database, "confirm_verification", { phone, code: "", approvedCodeId }, server)).outcome;
  const attempts = async (id: string) =>
    (await testing.admin.query("select attempts from cloakroom.verification_codes where id = $1", [id])).rows[0]
      .attempts;

  test("gives out a code's tries and no more, also at once", async () => {
    const { phone, codeId } = await started();
    const answers = await Promise.all(Array.from({ length: 20 }, () => spend(phone)));
    expect(answers.filter(({ outcome }) => outcome === "spent")).toHaveLength(5);
    expect(new Set(answers.map((answer) => answer.codeId))).toEqual(new Set([codeId, null]));
    expect(await attempts(codeId)).toBe(5);
  });

  test("counts all tries of a request with the first", async () => {
    const { phone, codeId } = await started();
    expect((await spend(phone, { tries: 100 })).outcome).toBe("spent");
    expect((await spend(phone)).outcome).toBe("invalid_code");
    expect(await attempts(codeId)).toBe(100);
    const other = await started();
    await spend(other.phone, { tries: -5 });
    expect(await attempts(other.codeId)).toBe(1);
  });

  test("answers alike for no code, a used one and an expired one", async () => {
    const nothing = await spend(somePhone());
    expect(nothing).toEqual({ outcome: "invalid_code", codeId: null });
    const used = await started();
    expect(await confirm(used.phone, used.codeId)).toBe("signed_in");
    expect(await spend(used.phone)).toEqual(nothing);
    const expired = await started();
    await testing.admin.query("update cloakroom.verification_codes set expires_at = now() where id = $1", [
      expired.codeId,
    ]);
    expect(await spend(expired.phone)).toEqual(nothing);
    expect(await confirm(expired.phone, expired.codeId)).toBe("invalid_code");
  });

  test("refuses a name before a try is spent", async () => {
    const { phone, codeId } = await started();
    for (const name of ["", " ", "x".repeat(201)])
      expect(await refusal(spend(phone, { name }))).toEqual({ sqlState: "CR422", detail: "input.name" });
    expect(await refusal(spend("hello"))).toEqual({ sqlState: "CR422", detail: "input.phone" });
    expect(await attempts(codeId)).toBe(0);
  });

  test("an approved code signs in once, at once or again, also with its last try", async () => {
    const { phone, codeId } = await started();
    for (let tries = 0; tries < 5; tries++) await spend(phone);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => confirm(phone, codeId)));
    expect(outcomes.filter((outcome) => outcome === "signed_in")).toHaveLength(1);
    expect(await confirm(phone, codeId)).toBe("invalid_code");
  });

  test("an approval holds for the newest code of its own phone alone", async () => {
    const { phone, codeId } = await started();
    const newer = await started(phone);
    expect(await confirm(phone, codeId)).toBe("invalid_code");
    expect(await confirm(somePhone(), newer.codeId)).toBe("invalid_code");
    expect(await confirm((await started()).phone, newer.codeId)).toBe("invalid_code");
    expect(await confirm(phone, newer.codeId)).toBe("signed_in");
  });

  test("is for the server alone, as is noting that a code was not taken", async () => {
    const { caller, phone } = await signInTo(testing.database);
    const { codeId } = await started();
    for (const [name, args] of [
      ["spend_code_try", { phone }],
      ["note_unsent_code", { codeId }],
    ] as const)
      expect(await refusal(call(testing.database, name, args, caller))).toMatchObject({ sqlState: "42501" });
  });
});
