import type { Log } from "../database/log.js";

/** A number with a code of its own, for whoever reviews an app and gets no message. */
export interface TestNumber {
  /** E.164. */
  readonly phone: string;
  /** Six digits. */
  readonly code: string;
  /** YYYY-MM-DD: the last day, in UTC, on which it is one. */
  readonly lastDay: string;
}

export interface TestNumbers {
  /** The code of a test number and when it ends, ISO 8601; null for every other number, and after its last day. */
  find(phone: string): { readonly fixedCode: string; readonly fixedUntil: string } | null;
}

const dayMilliseconds = 86_400_000;

/** Numbers whose last day is past are said to be there, without number or code: their reviewers get no codes any more. */
export function createTestNumbers(numbers: readonly TestNumber[], log: Log, now = Date.now): TestNumbers {
  const byPhone = new Map(
    numbers.map(({ phone, code, lastDay }) => [phone, { code, end: Date.parse(lastDay) + dayMilliseconds }]),
  );
  const ended = [...byPhone.values()].filter(({ end }) => end <= now()).length;
  if (ended > 0) log("OTP_TEST_NUMBERS has numbers whose last day is past", { ended });
  return {
    find(phone) {
      const found = byPhone.get(phone);
      if (!found || found.end <= now()) return null;
      return { fixedCode: found.code, fixedUntil: new Date(found.end).toISOString() };
    },
  };
}
