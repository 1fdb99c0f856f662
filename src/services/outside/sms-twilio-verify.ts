import type { SmsSender } from "./sms.js";
import { createTwilioClient, statusAlone, type TwilioAccount } from "./twilio-client.js";

export interface TwilioVerify extends TwilioAccount {
  readonly verifyServiceSid: string;
}

/** Twilio's own code for it, with status 429: https://www.twilio.com/docs/errors/60202. */
const triedTooOften = 60202;

/** Lets Twilio Verify make, send and check the codes. Its answer counts only after our own limits let the try pass. */
export function createTwilioVerify({ verifyServiceSid, ...account }: TwilioVerify): SmsSender {
  const service = createTwilioClient(account).verify.v2.services(verifyServiceSid);
  return {
    async send({ to }) {
      await service.verifications.create({ to, channel: "sms" }).catch(statusAlone);
    },
    async check({ to, code }) {
      const check = service.verificationChecks
        .create({ to, code })
        .catch((error: { status?: number; code?: number }) => {
          // Twilio forgets a verification that was approved or has ended, and judges none that was tried too often.
          if (error.status === 404 || error.code === triedTooOften) return { status: "forgotten" };
          return statusAlone(error);
        });
      return (await check).status === "approved";
    },
  };
}
