import { DatabaseError } from "../database/port.js";

/** The codes of the public contract. */
export type ErrorCode =
  | "UNAUTHENTICATED"
  | "FORBIDDEN"
  | "NOT_FOUND"
  | "BAD_USER_INPUT"
  | "INVALID_CODE"
  | "CONFLICT"
  | "RATE_LIMITED"
  | "UPSTREAM_ERROR"
  | "UNAVAILABLE"
  | "INTERNAL_SERVER_ERROR";

/** A refusal whose message is written for the person who reads it and may be shown as it is. */
export class DomainError extends Error {
  override readonly name = "DomainError";
  constructor(
    readonly code: ErrorCode,
    message: string,
    /** Goes out beside `code`: `field`, `retryAfter` (seconds), `status`, `reason` (REAUTHENTICATE). */
    readonly extensions: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

export const unauthenticated = () => new DomainError("UNAUTHENTICATED", "Sign in first.");
export const forbidden = (message = "You may not do this.") => new DomainError("FORBIDDEN", message);
export const badInput = (field: string, message: string) => new DomainError("BAD_USER_INPUT", message, { field });
export const conflict = (message: string) => new DomainError("CONFLICT", message);
/** As the database functions say it of one call. */
export const tooMuch = () => new DomainError("BAD_USER_INPUT", "This is more than 64 MiB at once: ask for less.");
/** @param message for a limit of another kind than tries */
export const rateLimited = (retryAfter: number, message = `Too many tries. Try again in ${retryAfter} s.`) =>
  new DomainError("RATE_LIMITED", message, { retryAfter });

const codesBySqlState: Readonly<Record<string, ErrorCode>> = {
  CR401: "UNAUTHENTICATED",
  CR403: "FORBIDDEN",
  CR404: "NOT_FOUND",
  CR409: "CONFLICT",
  CR422: "BAD_USER_INPUT",
  CR429: "RATE_LIMITED",
  CR503: "UNAVAILABLE",
};

/** What DETAIL of our own SQLSTATEs says, where it says something for the caller. */
const detailNames: Readonly<Partial<Record<ErrorCode, string>>> = { BAD_USER_INPUT: "field", FORBIDDEN: "reason" };

const unavailable = /^(08|53|57P0|25006|58000|40001|40P01|55P03|57014)/;

/** What a call was about to write into went away beside it. */
const foreignKeyViolation = "23503";

/** Twice in a row something came into being just as the call made it. */
const uniqueViolation = "23505";

/** The one table from SQLSTATE to contract codes; null for what nobody outside may see. */
export function domainErrorOf(error: unknown): DomainError | null {
  if (error instanceof DomainError) return error;
  if (!(error instanceof DatabaseError)) return null;
  if (unavailable.test(error.sqlState) || error.sqlState === "CR503")
    return new DomainError("UNAVAILABLE", "The database cannot be reached; nothing was written. Try again.");
  if (error.sqlState === foreignKeyViolation) return new DomainError("NOT_FOUND", "Not found.");
  if (error.sqlState === uniqueViolation)
    return conflict("Somebody else did the same at this very moment. Look, and try again.");
  const code = codesBySqlState[error.sqlState];
  if (!code) return null;
  if (code === "RATE_LIMITED") return rateLimited(Number(error.detail) || 1, error.message);
  const told = detailNames[code];
  return new DomainError(code, error.message, told && error.detail ? { [told]: error.detail } : {});
}
