import { setting } from "./setting.js";
import { oneOf, webAddress, wholeNumber } from "./setting-kinds.js";
import { callingCodes, testNumbers, twilioId, twilioNumber, twilioToken } from "./sms-settings.js";

/** One-time codes: who sends them, to where, and how many. */
export const codeSettings = {
  smsProvider: setting({
    name: "SMS_PROVIDER",
    default: "console",
    meaning:
      "`twilio` sends codes as messages, `twilio-verify` lets Twilio Verify make and check them; `console` prints each as one line on standard output, never in production.",
    schema: oneOf(["console", "twilio", "twilio-verify"]),
  }),
  twilioAccountSid: setting({
    name: "TWILIO_ACCOUNT_SID",
    default: null,
    meaning: "Twilio's account, AC and 32 characters.",
    schema: twilioId("AC"),
  }),
  twilioAuthToken: setting({
    name: "TWILIO_AUTH_TOKEN",
    default: null,
    meaning: "The auth token of that account.",
    schema: twilioToken,
  }),
  twilioFrom: setting({
    name: "TWILIO_FROM",
    default: null,
    meaning: "With `twilio`: the number that messages come from.",
    schema: twilioNumber,
  }),
  twilioMessagingServiceSid: setting({
    name: "TWILIO_MESSAGING_SERVICE_SID",
    default: null,
    meaning: "With `twilio`, instead of TWILIO_FROM: the messaging service that chooses the number.",
    schema: twilioId("MG"),
  }),
  twilioVerifyServiceSid: setting({
    name: "TWILIO_VERIFY_SERVICE_SID",
    default: null,
    meaning: "With `twilio-verify`: the service, which must make codes of six digits.",
    schema: twilioId("VA"),
  }),
  twilioBaseUrl: setting({
    name: "TWILIO_BASE_URL",
    default: null,
    meaning: "Where Twilio's API is reached instead, for a regional edge or a stand-in.",
    schema: webAddress,
  }),
  otpTtlSeconds: setting({
    name: "OTP_TTL_SECONDS",
    default: "600",
    meaning: "How long a one-time code lives.",
    schema: wholeNumber(1, 86_400),
  }),
  otpResendSeconds: setting({
    name: "OTP_RESEND_SECONDS",
    default: "60",
    meaning: "Wait before another code is sent to the same phone.",
    schema: wholeNumber(0, 86_400),
  }),
  otpMaxAttempts: setting({
    name: "OTP_MAX_ATTEMPTS",
    default: "5",
    meaning: "Wrong tries before a code dies.",
    schema: wholeNumber(1, 100),
  }),
  otpPerPhonePerHour: setting({
    name: "OTP_PER_PHONE_PER_HOUR",
    default: "5",
    meaning: "Codes sent to one phone at most.",
    schema: wholeNumber(1, 1_000_000),
  }),
  otpPerIpPerHour: setting({
    name: "OTP_PER_IP_PER_HOUR",
    default: "30",
    meaning: "Codes sent for one network (an IPv4 address, or 64 bits of an IPv6 one) at most.",
    schema: wholeNumber(1, 1_000_000),
  }),
  otpPerCountryPerHour: setting({
    name: "OTP_PER_COUNTRY_PER_HOUR",
    default: "10000",
    meaning: "Codes sent to one country calling code at most; 0 for no limit.",
    schema: wholeNumber(0, 1_000_000),
  }),
  otpCountries: setting({
    name: "OTP_COUNTRIES",
    default: "",
    meaning: "Country calling codes that codes are sent to, comma-separated, such as 1,44,49; all where left out.",
    schema: callingCodes,
  }),
  otpTestNumbers: setting({
    name: "OTP_TEST_NUMBERS",
    default: "",
    meaning:
      "Numbers with a fixed code and a last day (UTC), for reviewers of an app, such as +15555550100=123456@2027-01-31, comma-separated; nothing is sent to them.",
    schema: testNumbers,
  }),
};
