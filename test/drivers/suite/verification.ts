import { expect, it } from "vitest";
import type { SignIn } from "../../../src/database/contract.generated.js";
import type { Suite } from "../support/contract.js";
import { server } from "../support/stage.js";

export const verification: Suite = (stage) => {
  const wrong = (code: string, by = 1) => String((Number(code) + by) % 1_000_000).padStart(6, "0");
  const codeFor = async (phone: string) => (await stage().call("start_verification", { phone }, server)).code ?? "";

  it("sends a code of six digits for a phone, which is shown masked", async () => {
    const phone = stage().nextPhone();
    const challenge = await stage().call("start_verification", { phone }, server);
    expect(challenge).toMatchObject({ outcome: "sent", phone: `+1••••••••${phone.slice(-2)}` });
    expect(challenge.code).toMatch(/^\d{6}$/);
    expect(Date.parse(challenge.expiresAt ?? "")).toBeGreaterThan(Date.now());
  });

  it("has a second code wait, and says how many seconds", async () => {
    await stage().setLimits({ otp_resend_seconds: 60 });
    const phone = stage().nextPhone();
    await codeFor(phone);
    const second = await stage().call("start_verification", { phone }, server);
    await stage().setLimits();
    expect(second).toMatchObject({ outcome: "rate_limited", code: null, phone: null, expiresAt: null, resendAt: null });
    expect(second.retryAfter).toBeGreaterThan(50);
  });

  it("counts codes by the client's network, which every driver passes on", async () => {
    await stage().setLimits({ otp_per_address_per_hour: 1 });
    const from = { ...server, clientAddress: "192.0.2.77" };
    const first = await stage().call("start_verification", { phone: stage().nextPhone() }, from);
    const second = await stage().call("start_verification", { phone: stage().nextPhone() }, from);
    const elsewhere = await stage().call(
      "start_verification",
      { phone: stage().nextPhone() },
      { ...server, clientAddress: "192.0.3.77" },
    );
    await stage().setLimits();
    expect([first.outcome, second.outcome, elsewhere.outcome]).toEqual(["sent", "rate_limited", "sent"]);
  });

  it.each(["", "none", "5551234567", "+1 555", "+15551234567; drop table"])(
    "takes %j for no phone, naming the field",
    async (phone) => {
      const refusal = await stage().refusal(stage().call("start_verification", { phone }, server));
      expect(refusal).toMatchObject({ sqlState: "CR422", detail: "input.phone" });
      const confirmed = stage().call("confirm_verification", { phone, code: "123456" }, server);
      expect((await stage().refusal(confirmed)).detail).toBe("input.phone");
    },
  );

  it("signs in with a right code, once, with the name, the browser and the wish to be remembered", async () => {
    const phone = stage().nextPhone();
    const code = await codeFor(phone);
    const args = { phone, code, name: "  Zoë Ångström 🔐 ", rememberMe: true, userAgent: 'Mozilla/5.0 ("x")' };
    const answer = await stage().call("confirm_verification", args, server);
    expect(answer).toMatchObject({
      outcome: "signed_in",
      session: { rememberMe: true, current: true, userAgent: 'Mozilla/5.0 ("x")' },
      profile: { name: "Zoë Ångström 🔐", phone: `+1••••••••${phone.slice(-2)}` },
    });
    expect(answer.refreshToken).toMatch(/^[\w-]{43}$/);
    expect(await stage().call("confirm_verification", args, server)).toEqual({
      outcome: "invalid_code",
      refreshToken: null,
      session: null,
      profile: null,
    });
  });

  it("leaves out what is left out: no name, not remembered", async () => {
    const phone = stage().nextPhone();
    const answer = await stage().call("confirm_verification", { phone, code: await codeFor(phone) }, server);
    expect(answer).toMatchObject({ session: { rememberMe: false, userAgent: null }, profile: { name: null } });
    const again = { phone, code: await codeFor(phone), name: null, userAgent: null };
    expect((await stage().call("confirm_verification", again, server)).profile?.name).toBeNull();
  });

  it("refuses a name that is too long before it looks at the code", async () => {
    const phone = stage().nextPhone();
    const code = await codeFor(phone);
    const tooLong = stage().call("confirm_verification", { phone, code, name: "n".repeat(201) }, server);
    expect(await stage().refusal(tooLong)).toMatchObject({ sqlState: "CR422", detail: "input.name" });
    expect((await stage().call("confirm_verification", { phone, code }, server)).outcome).toBe("signed_in");
  });

  it("answers a wrong code as an outcome, and its tries are counted although nothing is raised", async () => {
    const phone = stage().nextPhone();
    const code = await codeFor(phone);
    const outcomes: string[] = [];
    for (let by = 1; by <= 5; by++)
      outcomes.push((await stage().call("confirm_verification", { phone, code: wrong(code, by) }, server)).outcome);
    outcomes.push((await stage().call("confirm_verification", { phone, code }, server)).outcome);
    expect(outcomes).toEqual(Array(6).fill("invalid_code"));
  });

  it("counts the tries of a request that tries many codes at once", async () => {
    const phone = stage().nextPhone();
    const code = await codeFor(phone);
    await stage().call("confirm_verification", { phone, code: wrong(code), tries: 5 }, server);
    expect((await stage().call("confirm_verification", { phone, code }, server)).outcome).toBe("invalid_code");
  });

  it("lets one of twenty requests at once in with one code", async () => {
    const phone = stage().nextPhone();
    const args = { phone, code: await codeFor(phone) };
    const { database } = stage().driver;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => database.call("confirm_verification", args, server) as Promise<SignIn>),
    );
    expect(answers.filter(({ outcome }) => outcome === "signed_in")).toHaveLength(1);
  });

  it("takes limits by name, leaves the others, and refuses what is no number", async () => {
    expect(await stage().call("configure_limits", { limits: { otp_ttl_seconds: 900 } }, server)).toBe(true);
    const { rows } = await stage().driver.admin.query(
      "select otp_ttl_seconds, otp_max_attempts from cloakroom.settings",
    );
    expect(rows).toEqual([{ otp_ttl_seconds: 900, otp_max_attempts: 5 }]);
    await stage().call("configure_limits", { limits: { otp_ttl_seconds: 600 } }, server);
    const refusals = [];
    for (const limits of [{ otp_ttl_seconds: "soon" }, { otp_ttl_seconds: 1e12 }])
      refusals.push((await stage().refusal(stage().call("configure_limits", { limits }, server))).sqlState);
    expect(refusals).toEqual(["22P02", "22003"]);
  });
};
