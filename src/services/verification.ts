import type { Caller, Database } from "../database/port.js";
import type { AccessTokens } from "./access-token.js";
import { DomainError, rateLimited } from "./errors.js";
import type { SmsSender } from "./outside/sms.js";
import { e164 } from "./phone.js";
import { type SignedIn, type SignIn, signedInAs } from "./sessions.js";

/** The limits that the database enforces, as the configuration names them. */
export interface Limits {
  readonly otpTtlSeconds: number;
  readonly otpResendSeconds: number;
  readonly otpMaxAttempts: number;
  readonly otpPerPhonePerHour: number;
  readonly otpPerIpPerHour: number;
  readonly sessionDays: number;
  readonly sessionRememberDays: number;
  readonly revealsPerMinute: number;
}

export interface Challenge {
  /** Masked. */
  readonly phone: string;
  readonly expiresAt: string;
  readonly resendAt: string;
}

export interface Confirmation {
  readonly phone: string;
  readonly code: string;
  readonly name?: string | null;
  readonly rememberMe?: boolean | null;
}

export interface ConfirmationOrigin {
  readonly userAgent: string | null;
  /** How many codes the request tries, under aliases: where the first is wrong they all count as tried. */
  readonly tries: number;
}

export type Verification = ReturnType<typeof createVerification>;

export function createVerification(database: Database, sms: SmsSender, accessTokens: AccessTokens) {
  return {
    /** Tells the database this server's limits; the last server to start wins. */
    async configureLimits(server: Caller, limits: Limits): Promise<void> {
      await database.call("configure_limits", { limits: limitColumns(limits) }, server);
    },
    /**
     * Sends a one-time code, whether or not the phone is known.
     * @throws BAD_USER_INPUT `input.phone`, RATE_LIMITED, UPSTREAM_ERROR where the message could not be sent
     */
    async startVerification(server: Caller, phone: string): Promise<Challenge> {
      const to = e164(phone);
      const answer = (await database.call("start_verification", { phone: to }, server)) as StartAnswer;
      if (answer.outcome !== "sent") throw rateLimited(answer.retryAfter);
      await sms.send({ to, code: answer.code }).catch(refuseUpstream);
      return { phone: answer.phone, expiresAt: answer.expiresAt, resendAt: answer.resendAt };
    },
    /**
     * Exchanges a one-time code for a session. A code in another form than six digits is a wrong try like any other.
     * @throws BAD_USER_INPUT `input.phone` or `input.name`, INVALID_CODE
     */
    async confirmVerification(server: Caller, input: Confirmation, origin: ConfirmationOrigin): Promise<SignedIn> {
      const { name = null, rememberMe } = input;
      const code = /^\s*\d{6}\s*$/.test(input.code) ? input.code.trim() : "";
      const args = { phone: e164(input.phone), code, name, rememberMe: rememberMe ?? false, ...origin };
      const answer = (await database.call("confirm_verification", args, server)) as SignIn;
      if (answer.outcome !== "signed_in")
        throw new DomainError("INVALID_CODE", "This code is wrong or no longer valid. Ask for a new one.");
      return signedInAs(answer, accessTokens, server.clientAddress);
    },
  };
}

interface StartAnswer extends Challenge {
  readonly outcome: string;
  readonly retryAfter: number;
  readonly code: string;
}

const limitColumns = (limits: Limits) => ({
  otp_ttl_seconds: limits.otpTtlSeconds,
  otp_resend_seconds: limits.otpResendSeconds,
  otp_max_attempts: limits.otpMaxAttempts,
  otp_per_phone_per_hour: limits.otpPerPhonePerHour,
  otp_per_address_per_hour: limits.otpPerIpPerHour,
  session_days: limits.sessionDays,
  session_remember_days: limits.sessionRememberDays,
  reveals_per_minute: limits.revealsPerMinute,
});

/** The sender's own error is dropped: it can quote phone and code. */
function refuseUpstream(): never {
  throw new DomainError("UPSTREAM_ERROR", "The message could not be sent. Try again later.");
}
