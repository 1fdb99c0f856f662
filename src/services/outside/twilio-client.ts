import { createRequire } from "node:module";
import type { Twilio } from "twilio";
import type RequestClient from "twilio/lib/base/RequestClient.js";
import { SmsRefusal } from "./sms.js";

export interface TwilioAccount {
  readonly accountSid: string;
  readonly authToken: string;
  /** TWILIO_BASE_URL: replaces the origin of every request; null for Twilio's own. */
  readonly baseUrl: string | null;
}

const patienceMilliseconds = 10_000;
const require = createRequire(import.meta.url);

/**
 * Twilio's own client, loaded only where it is used since it takes a while. A request that got no answer is not made
 * again: a message may be on its way, and would come twice.
 */
export function createTwilioClient({ accountSid, authToken, baseUrl }: TwilioAccount): Twilio {
  const twilio = require("twilio") as typeof import("twilio");
  class Client extends twilio.RequestClient {
    override request<Data>(options: RequestClient.RequestOptions<Data>) {
      return super.request<Data>({ ...options, uri: baseUrl ? elsewhere(options.uri, baseUrl) : options.uri });
    }
  }
  const httpClient = new Client({ timeout: patienceMilliseconds, autoRetry: false, maxRetries: 0 });
  return twilio(accountSid, authToken, { httpClient: httpClient as never });
}

function elsewhere(uri: string, baseUrl: string): string {
  const { pathname, search } = new URL(uri);
  return `${baseUrl}${pathname}${search}`;
}

/** Of Twilio's error only the HTTP status: its message quotes the phone. */
export function statusAlone(error: unknown): never {
  const { status } = error as { status?: unknown };
  throw typeof status === "number" ? new SmsRefusal(status) : new Error("Twilio did not answer.");
}
