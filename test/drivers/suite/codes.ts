import { expect, it } from "vitest";
import type { Calls } from "../../../src/database/contract.generated.js";
import type { Suite } from "../support/contract.js";
import { nobodysId, notFound, server } from "../support/stage.js";

/** Codes that do not come from the database, or that somebody else sends and judges. */
export const codes: Suite = (stage) => {
  const start = (phone: string, extra: Partial<Calls["start_verification"]["args"]> = {}) =>
    stage().call("start_verification", { phone, ...extra }, server);
  const confirm = (phone: string, extra: Partial<Calls["confirm_verification"]["args"]>) =>
    stage().call("confirm_verification", { phone, code: "", ...extra }, server);
  const spend = (phone: string, extra: Partial<Calls["spend_code_try"]["args"]> = {}) =>
    stage().call("spend_code_try", { phone, ...extra }, server);
  const none = { outcome: "invalid_code", codeId: null };

  it("takes a fixed code, to the character, for as long as codes live at most", async () => {
    const phone = stage().nextPhone();
    const challenge = await start(phone, { fixedCode: "001234", fixedUntil: "2090-01-01T00:00:00.5+02:00" });
    expect(challenge).toMatchObject({ outcome: "sent", code: "001234" });
    expect(Date.parse(challenge.expiresAt ?? "")).toBeLessThan(Date.now() + 3_600_000);
    expect((await confirm(phone, { code: "1234" })).outcome).toBe("invalid_code");
    expect((await confirm(phone, { code: "001234" })).outcome).toBe("signed_in");
  });

  it("lets a fixed code end when it is said to, and makes one of its own where none is given", async () => {
    const phone = stage().nextPhone();
    const fixedUntil = "2020-01-02T03:04:05.25Z";
    const ended = await start(phone, { fixedCode: "001234", fixedUntil });
    expect(ended.expiresAt).toBe("2020-01-02T03:04:05.25+00:00");
    expect((await confirm(phone, { code: "001234" })).outcome).toBe("invalid_code");
    const own = await start(phone, { fixedCode: null, fixedUntil: null });
    expect(own.code).toMatch(/^\d{6}$/);
    expect(Date.parse(own.expiresAt ?? "")).toBeGreaterThan(Date.now());
    const malformed = await stage().refusal(start(phone, { fixedCode: "001234", fixedUntil: "canary" }));
    expect(malformed).toEqual({ sqlState: "22007", message: "database error 22007", detail: null });
  });

  it("sends another code at once after one that was certainly not sent", async () => {
    const phone = stage().nextPhone();
    await stage().setLimits({ otp_resend_seconds: 60 });
    const { codeId } = await start(phone);
    const waiting = await start(phone);
    const noted = await stage().call("note_unsent_code", { codeId: codeId ?? "" }, server);
    const next = await start(phone);
    await stage().setLimits();
    expect([waiting.outcome, waiting.codeId, noted, next.outcome]).toEqual(["rate_limited", null, true, "sent"]);
    expect(next.codeId).not.toBe(codeId);
  });

  it("notes nothing of a code that is none", async () => {
    const note = (codeId: string) => stage().call("note_unsent_code", { codeId }, server);
    expect(await note(nobodysId)).toBe(false);
    for (const codeId of ["none", ""]) expect(await stage().refusal(note(codeId))).toEqual(notFound);
  });

  it("signs in by a code that was judged right outside, once, whatever the code says", async () => {
    const phone = stage().nextPhone();
    const { codeId } = await start(phone);
    expect(await spend(phone, { name: "Zoë" })).toEqual({ outcome: "spent", codeId });
    const right = { approvedCodeId: codeId, name: "Zoë" };
    expect(await confirm(phone, right)).toMatchObject({ outcome: "signed_in", profile: { name: "Zoë" } });
    expect((await confirm(phone, right)).outcome).toBe("invalid_code");
    expect(await spend(phone)).toEqual(none);
  });

  it("signs nobody in by a code that is another phone's, is not the newest, or is none", async () => {
    const [phone, other] = [stage().nextPhone(), stage().nextPhone()];
    const { codeId: old } = await start(phone);
    const { codeId: newest } = await start(phone);
    const { codeId: others } = await start(other);
    for (const approvedCodeId of [old, others, nobodysId])
      expect((await confirm(phone, { approvedCodeId })).outcome).toBe("invalid_code");
    expect(await stage().refusal(confirm(phone, { approvedCodeId: "none" }))).toEqual(notFound);
    expect((await confirm(phone, { approvedCodeId: newest })).outcome).toBe("signed_in");
    expect(await stage().refusal(confirm(phone, { sessionId: "none" }))).toEqual(notFound);
  });

  it("counts tries before anybody is asked, many at once too, and knows none for a phone without a code", async () => {
    const phone = stage().nextPhone();
    expect(await spend(phone)).toEqual(none);
    const { codeId } = await start(phone);
    expect(await spend(phone, { tries: 4 })).toEqual({ outcome: "spent", codeId });
    expect(await spend(phone, { name: null })).toEqual({ outcome: "spent", codeId });
    expect(await spend(phone)).toEqual(none);
    await start(phone);
    const { database } = stage().driver;
    const args = { phone };
    const tries = await Promise.all(Array.from({ length: 20 }, () => database.call("spend_code_try", args, server)));
    expect(tries.filter(({ outcome }) => outcome === "spent")).toHaveLength(5);
  });

  it.each([
    ["none", {}, "input.phone"],
    ["+14155550100", { name: " " }, "input.name"],
    ["+14155550100", { name: "n".repeat(201) }, "input.name"],
  ])("refuses a try of case %# by its field, before it is spent", async (phone, extra, field) => {
    expect(await stage().refusal(spend(phone, extra))).toMatchObject({ sqlState: "CR422", detail: field });
  });
};
