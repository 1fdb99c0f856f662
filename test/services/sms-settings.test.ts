import { describe, expect, it } from "vitest";
import { readSettings } from "../../src/config.js";

const canary = "canary6f1c9b";
const account = { TWILIO_ACCOUNT_SID: "AC0123", TWILIO_AUTH_TOKEN: canary };

function refusal(environment: Record<string, string>): string {
  try {
    readSettings(environment);
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

describe("settings of one-time codes", () => {
  it("demand by name what the chosen provider needs, and nothing of the others", () => {
    const missing = (environment: Record<string, string>) => refusal(environment).match(/TWILIO_\w+/g) ?? [];
    expect(missing({})).toEqual([]);
    const either = ["TWILIO_FROM", "TWILIO_MESSAGING_SERVICE_SID"];
    expect(missing({ SMS_PROVIDER: "twilio" })).toEqual(["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", ...either]);
    expect(missing({ SMS_PROVIDER: "twilio", ...account, TWILIO_VERIFY_SERVICE_SID: "VA0123" })).toEqual(either);
    expect(missing({ SMS_PROVIDER: "twilio-verify", ...account, TWILIO_FROM: "+15005550006" })).toEqual([
      "TWILIO_VERIFY_SERVICE_SID",
    ]);
  });

  it("let production start with a real provider", () => {
    const production = {
      NODE_ENV: "production",
      SUPABASE_JWT_SECRET: canary.repeat(3),
      DATABASE_SALT: canary.repeat(3),
      VAULT_ROOT_KEY: `${Buffer.alloc(32, 7).toString("base64url")}=`,
      RELAY_WEBHOOK_SECRET: canary.repeat(3),
      ...account,
    };
    const choices: Record<string, string>[] = [
      { SMS_PROVIDER: "twilio", TWILIO_FROM: "+15005550006" },
      { SMS_PROVIDER: "twilio", TWILIO_MESSAGING_SERVICE_SID: "MG0123", TWILIO_BASE_URL: "http://127.0.0.1:1/" },
      { SMS_PROVIDER: "twilio-verify", TWILIO_VERIFY_SERVICE_SID: "VA0123" },
    ];
    for (const chosen of choices) expect(refusal({ ...production, ...chosen })).toBe("");
    expect(refusal({ ...production, SMS_PROVIDER: "console" })).toContain("SMS_PROVIDER must not be console");
  });

  it("are refused by name and never quoted where they are malformed", () => {
    const wrong = {
      SMS_PROVIDER: canary,
      TWILIO_ACCOUNT_SID: canary,
      TWILIO_AUTH_TOKEN: `${canary} ${canary}`,
      TWILIO_FROM: `${canary}${canary}`,
      TWILIO_MESSAGING_SERVICE_SID: canary,
      TWILIO_VERIFY_SERVICE_SID: canary,
      TWILIO_BASE_URL: canary,
      OTP_COUNTRIES: canary,
      OTP_PER_COUNTRY_PER_HOUR: canary,
      OTP_TEST_NUMBERS: canary,
    };
    const message = refusal(wrong);
    for (const name of Object.keys(wrong)) expect(message).toContain(`${name} must be`);
    expect(message).not.toContain(canary);
  });

  it("take calling codes with or without a plus, as they are assigned alone", () => {
    expect(readSettings({}).otpCountries).toEqual([]);
    expect(readSettings({ OTP_COUNTRIES: "1, +44,49,380" }).otpCountries).toEqual(["1", "44", "49", "380"]);
    for (const OTP_COUNTRIES of ["4", "1868", "US", "0", "++1", "1;44"])
      expect(refusal({ OTP_COUNTRIES })).toContain("OTP_COUNTRIES must be");
  });

  it("take test numbers in E.164 with six digits and a real day, each once", () => {
    const OTP_TEST_NUMBERS = "+15555550100=123456@2027-01-31, +442079460958=000000@2028-02-29";
    expect(readSettings({ OTP_TEST_NUMBERS }).otpTestNumbers).toEqual([
      { phone: "+15555550100", code: "123456", lastDay: "2027-01-31" },
      { phone: "+442079460958", code: "000000", lastDay: "2028-02-29" },
    ]);
    for (const entry of [
      "+15555550100=123456",
      "+15555550100=12345@2027-01-31",
      "+15555550100=123456@2027-02-29",
      "+15555550100=123456@2027-1-31",
      "5555550100=123456@2027-01-31",
      "+1555=123456@2027-01-31",
      "+999123456789=123456@2027-01-31",
      "+1 555 555 0100=123456@2027-01-31",
      "+15555550100=123456@2027-01-31,+15555550100=123457@2027-01-31",
    ]) {
      expect(refusal({ OTP_TEST_NUMBERS: entry }), entry).toContain("OTP_TEST_NUMBERS must");
      expect(refusal({ OTP_TEST_NUMBERS: entry })).not.toContain("123456@2027-02");
    }
  });

  it("do not take test numbers of countries to which no codes go: let through, they would be known by it", () => {
    const OTP_TEST_NUMBERS = "+15555550100=123456@2027-01-31";
    expect(refusal({ OTP_TEST_NUMBERS, OTP_COUNTRIES: "44,49" })).toContain(
      "OTP_TEST_NUMBERS must be of the countries",
    );
    expect(refusal({ OTP_TEST_NUMBERS, OTP_COUNTRIES: "44,1" })).toBe("");
  });
});
