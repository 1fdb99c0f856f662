import type { Log } from "../database/log.js";
import type { Caller, Database } from "../database/port.js";
import type { AccessTokens } from "./access-token.js";
import { DomainError, rateLimited } from "./errors.js";
import type { Failures } from "./failures.js";
import { answered } from "./outside/answered.js";
import type { SmsMessage, SmsSender } from "./outside/sms.js";
import { e164 } from "./phone.js";
import { type SignedIn, type SignIn, signedInAs } from "./sessions.js";
import type { TestNumbers } from "./test-numbers.js";

/** The limits that the database enforces, as the configuration names them. */
export interface Limits {
  readonly otpTtlSeconds: number;
  readonly otpResendSeconds: number;
  readonly otpMaxAttempts: number;
  readonly otpPerPhonePerHour: number;
  readonly otpPerIpPerHour: number;
  readonly otpPerCountryPerHour: number;
  /** Country calling codes; empty for all. */
  readonly otpCountries: readonly string[];
  readonly sessionDays: number;
  readonly sessionRememberDays: number;
  readonly sessionIdleDays: number;
  readonly revealsPerMinute: number;
  readonly revealMaxAuthAgeSeconds: number;
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
  /** Of the caller, where one is signed in already: the same person's code goes on with this session. */
  readonly sessionId: string | null;
  /** How many codes the request tries, under aliases: where the first is wrong they all count as tried. */
  readonly tries: number;
}

export type Verification = ReturnType<typeof createVerification>;

export interface VerificationParts {
  readonly database: Database;
  readonly sms: SmsSender;
  readonly testNumbers: TestNumbers;
  readonly accessTokens: AccessTokens;
  readonly failures: Failures;
  readonly log: Log;
}

export function createVerification(parts: VerificationParts) {
  const { database, sms, testNumbers, accessTokens, failures, log } = parts;

  const logged = (error: DomainError) => {
    log("the sender of codes failed", error.extensions);
    return error;
  };

  /**
   * A message that was certainly not taken makes nobody wait for the next, but counts for the hour. One that got no answer,
   * or that of a server in trouble, may be on its way.
   */
  async function send(server: Caller, message: SmsMessage, codeId: string): Promise<void> {
    try {
      await answered(sms.send(message), "The message could not be sent. Try again later.");
    } catch (error) {
      const { extensions } = logged(error as DomainError);
      // Where even this fails, they wait.
      if (Number(extensions.status) < 500)
        await database.call("note_unsent_code", { codeId }, server).catch(() => undefined);
      throw error;
    }
  }

  /**
   * Of a code that is made and judged outside: the id of ours that it stands for, where it is right. The tries are counted
   * before anybody is asked.
   */
  async function approvedCodeId(server: Caller, tried: TriedCode): Promise<string | null> {
    const { phone, code, name, tries } = tried;
    const { codeId } = (await database.call("spend_code_try", { phone, name, tries }, server)) as CodeTry;
    if (codeId === null || code === "" || !sms.check) return null;
    const check = sms.check({ to: phone, code });
    const isRight = await answered(check, "The code could not be checked. Try again.").catch((error: DomainError) => {
      throw logged(error);
    });
    return isRight ? codeId : null;
  }

  async function signIn(server: Caller, tried: TriedCode, session: SessionWish): Promise<SignIn | null> {
    // A test number's code is ours, and nobody outside knows of it.
    const isJudgedOutside = sms.check !== undefined && !testNumbers.find(tried.phone);
    const approved = isJudgedOutside ? await approvedCodeId(server, tried) : null;
    if (isJudgedOutside && approved === null) return null;
    const args = { ...tried, ...session, approvedCodeId: approved };
    const answer = (await database.call("confirm_verification", args, server)) as SignIn;
    return answer.outcome === "signed_in" ? answer : null;
  }

  return {
    /** Tells the database this server's limits; the last server to start wins. */
    async configureLimits(server: Caller, limits: Limits): Promise<void> {
      await database.call("configure_limits", { limits: limitColumns(limits) }, server);
    },
    /**
     * Sends a one-time code, whether or not the phone is known; to a test number nothing is sent.
     * @throws BAD_USER_INPUT `input.phone`, RATE_LIMITED, UPSTREAM_ERROR where the message could not be sent: with `status`
     * where it was refused, and another may be asked for at once
     */
    async startVerification(server: Caller, phone: string): Promise<Challenge> {
      const to = e164(phone);
      const fixed = testNumbers.find(to);
      const answer = (await database.call("start_verification", { phone: to, ...fixed }, server)) as StartAnswer;
      if (answer.outcome !== "sent") throw rateLimited(answer.retryAfter);
      if (!fixed) await send(server, { to, code: answer.code }, answer.codeId);
      return { phone: answer.phone, expiresAt: answer.expiresAt, resendAt: answer.resendAt };
    },
    /**
     * Exchanges a one-time code for a session. Sent by somebody who is signed in, for their own phone, it freshly
     * authenticates the session that they have: same id, same end, new tokens. A code in another form than six digits is
     * a wrong try like any other.
     * @throws BAD_USER_INPUT `input.phone` or `input.name`, INVALID_CODE, UPSTREAM_ERROR where somebody outside, who has to
     * judge the code, did not: the try is spent
     */
    async confirmVerification(server: Caller, input: Confirmation, origin: ConfirmationOrigin): Promise<SignedIn> {
      const { name = null, rememberMe } = input;
      const code = /^\s*\d{6}\s*$/.test(input.code) ? input.code.trim() : "";
      const { tries, ...session } = { ...origin, rememberMe: rememberMe ?? false };
      const answer = await signIn(server, { phone: e164(input.phone), code, name, tries }, session);
      if (!answer) {
        failures.note("code", tries);
        throw new DomainError("INVALID_CODE", "This code is wrong or no longer valid. Ask for a new one.");
      }
      return signedInAs(answer, accessTokens, server);
    },
  };
}

interface StartAnswer extends Challenge {
  readonly outcome: string;
  readonly retryAfter: number;
  readonly code: string;
  readonly codeId: string;
}

interface CodeTry {
  readonly outcome: string;
  readonly codeId: string | null;
}

interface TriedCode {
  /** E.164. */
  readonly phone: string;
  /** Six digits, or empty for what has another form. */
  readonly code: string;
  readonly name: string | null;
  readonly tries: number;
}

type SessionWish = Omit<ConfirmationOrigin, "tries"> & { readonly rememberMe: boolean };

const limitColumns = (limits: Limits) => ({
  otp_ttl_seconds: limits.otpTtlSeconds,
  otp_resend_seconds: limits.otpResendSeconds,
  otp_max_attempts: limits.otpMaxAttempts,
  otp_per_phone_per_hour: limits.otpPerPhonePerHour,
  otp_per_address_per_hour: limits.otpPerIpPerHour,
  otp_per_country_per_hour: limits.otpPerCountryPerHour,
  otp_calling_codes: limits.otpCountries,
  session_days: limits.sessionDays,
  session_remember_days: limits.sessionRememberDays,
  session_idle_days: limits.sessionIdleDays,
  reveals_per_minute: limits.revealsPerMinute,
  reveal_max_auth_age_seconds: limits.revealMaxAuthAgeSeconds,
});
