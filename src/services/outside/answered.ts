import { DomainError } from "../errors.js";
import { SmsRefusal } from "./sms.js";

/** Nobody waits longer for an answer from outside. */
export const patienceMilliseconds = 10_000;

/**
 * What was asked of somebody outside. Whatever was thrown is dropped, since it can quote phone and code.
 * @throws UPSTREAM_ERROR with this message: with `status` where it is certain that nothing was done, else without, after
 * ten seconds at most: then it may still be done
 */
export async function answered<Answer>(asked: Promise<Answer>, message: string): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(reject, patienceMilliseconds);
  });
  try {
    return await Promise.race([asked, tooLate]);
  } catch (error) {
    throw new DomainError("UPSTREAM_ERROR", message, error instanceof SmsRefusal ? { status: error.status } : {});
  } finally {
    clearTimeout(timer);
  }
}
