import type { SmsSender } from "./sms.js";
import { createTwilioClient, statusAlone, type TwilioAccount } from "./twilio-client.js";

export interface TwilioMessages extends TwilioAccount {
  /** A number of the account, or null where a messaging service chooses. */
  readonly from: string | null;
  readonly messagingServiceSid: string | null;
}

/** Sends our codes as messages of Twilio's. */
export function createTwilioSms({ from, messagingServiceSid, ...account }: TwilioMessages): SmsSender {
  const { messages } = createTwilioClient(account);
  const sender = messagingServiceSid ? { messagingServiceSid } : { from: from ?? "" };
  return {
    async send({ to, code }) {
      const body = `${code} is your code. Nobody from us will ever ask you for it.`;
      await messages.create({ to, body, ...sender }).catch(statusAlone);
    },
  };
}
