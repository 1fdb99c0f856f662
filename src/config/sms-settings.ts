import { getCountries, getCountryCallingCode, parsePhoneNumberFromString } from "libphonenumber-js";
import { z } from "zod";
import type { Settings } from "../config.js";
import { list } from "./setting-kinds.js";

/** How the settings of one-time codes are read, and what must be set for each provider. No message holds a value. */

export const twilioId = (prefix: string) =>
  z.string().regex(new RegExp(`^${prefix}[0-9A-Za-z]{1,40}$`), `must be an id of Twilio's that begins with ${prefix}`);

/** As it can stand in a header. */
export const twilioToken = z.string().regex(/^[\x21-\x7e]+$/, "must be printable characters without spaces");

export const twilioNumber = z
  .string()
  .regex(
    /^(\+[1-9]\d{6,14}|\d{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 +_&-]{1,11})$/,
    "must be a number such as +15005550006, a short code, or a sender's name of up to 11 characters",
  );

const assigned = new Set<string>(getCountries().map((country) => getCountryCallingCode(country)));

export const callingCodes = list
  .transform((codes) => codes.map((code) => code.replace(/^\+/, "")))
  .refine(
    (codes) => codes.every((code) => assigned.has(code)),
    "must be country calling codes such as 1,44,49, comma-separated",
  );

export const testNumbers = list
  .refine(
    (entries) => entries.every(testNumberOf),
    "must be entries such as +15555550100=123456@2027-01-31: number, code of six digits, and a last day",
  )
  .transform((entries) => entries.flatMap((entry) => testNumberOf(entry) ?? []))
  .refine(
    (numbers) => new Set(numbers.map(({ phone }) => phone)).size === numbers.length,
    "must name each number once",
  );

function testNumberOf(entry: string) {
  const [, phone = "", code = "", lastDay = ""] = /^(\+\d+)=(\d{6})@(\d{4}-\d\d-\d\d)$/.exec(entry) ?? [];
  return isE164(phone) && z.iso.date().safeParse(lastDay).success ? { phone, code, lastDay } : null;
}

function isE164(text: string): boolean {
  const phone = parsePhoneNumberFromString(text, { extract: false });
  return phone?.number === text && phone.isPossible();
}

/** What the chosen provider lacks, by name, and test numbers that no code could be asked for. */
export function smsProblems(settings: Settings): string[] {
  const { smsProvider, otpCountries, otpTestNumbers } = settings;
  const needed = {
    TWILIO_ACCOUNT_SID: smsProvider !== "console" && settings.twilioAccountSid === null,
    TWILIO_AUTH_TOKEN: smsProvider !== "console" && settings.twilioAuthToken === null,
    "TWILIO_FROM or TWILIO_MESSAGING_SERVICE_SID":
      smsProvider === "twilio" && settings.twilioFrom === null && settings.twilioMessagingServiceSid === null,
    TWILIO_VERIFY_SERVICE_SID: smsProvider === "twilio-verify" && settings.twilioVerifyServiceSid === null,
  };
  const problems = Object.entries(needed)
    .filter(([, isMissing]) => isMissing && smsProvider !== null)
    .map(([name]) => `${name} must be set where SMS_PROVIDER is ${smsProvider}`);
  const isReached = ({ phone }: { readonly phone: string }) =>
    otpCountries?.includes(parsePhoneNumberFromString(phone)?.countryCallingCode ?? "");
  // Let through all the same, they would be known by it.
  if (otpCountries?.length && !otpTestNumbers?.every(isReached))
    problems.push("OTP_TEST_NUMBERS must be of the countries that OTP_COUNTRIES names");
  return problems;
}
