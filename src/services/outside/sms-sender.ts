import type { SmsSender } from "./sms.js";
import { createConsoleSms } from "./sms-console.js";
import { createTwilioSms } from "./sms-twilio.js";
import { createTwilioVerify } from "./sms-twilio-verify.js";

/** As the configuration names them; what the provider needs is there. */
export interface SmsSettings {
  readonly smsProvider: "console" | "twilio" | "twilio-verify" | null;
  readonly twilioAccountSid: string | null;
  readonly twilioAuthToken: string | null;
  readonly twilioFrom: string | null;
  readonly twilioMessagingServiceSid: string | null;
  readonly twilioVerifyServiceSid: string | null;
  readonly twilioBaseUrl: string | null;
}

/** The sender that SMS_PROVIDER names. */
export function createSmsSender(settings: SmsSettings): SmsSender {
  const account = {
    accountSid: settings.twilioAccountSid ?? "",
    authToken: settings.twilioAuthToken ?? "",
    baseUrl: settings.twilioBaseUrl,
  };
  if (settings.smsProvider === "twilio")
    return createTwilioSms({
      ...account,
      from: settings.twilioFrom,
      messagingServiceSid: settings.twilioMessagingServiceSid,
    });
  if (settings.smsProvider === "twilio-verify")
    return createTwilioVerify({ ...account, verifyServiceSid: settings.twilioVerifyServiceSid ?? "" });
  return createConsoleSms();
}
