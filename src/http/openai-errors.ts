import type { FastifyReply, FastifyRequest } from "fastify";
import type { FormatError } from "../format-error.js";
import { ClientGone } from "../services/client-gone.js";
import type { ErrorCode } from "../services/errors.js";
import { HttpFault, httpFaultOf, statusOf } from "./answers.js";

/** An error as OpenAI's clients read it. */
export interface OpenaiError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly error: Readonly<Record<string, unknown>> };
}

/** Their names of kinds, by ours. */
const types: Readonly<Record<ErrorCode, string>> = {
  UNAUTHENTICATED: "authentication_error",
  FORBIDDEN: "permission_error",
  NOT_FOUND: "not_found_error",
  BAD_USER_INPUT: "invalid_request_error",
  INVALID_CODE: "invalid_request_error",
  CONFLICT: "invalid_request_error",
  RATE_LIMITED: "rate_limit_error",
  UPSTREAM_ERROR: "upstream_error",
  UNAVAILABLE: "server_error",
  INTERNAL_SERVER_ERROR: "server_error",
};

/** What an upstream says of the request itself; of anything else (its redirects, its key) the caller can do nothing. */
const passedOn = new Set([400, 404, 409, 413, 422, 429]);
/** Beyond it OpenAI's clients would rather be told than sleep. */
const longestWaitSeconds = 60;

/**
 * Any error in OpenAI's shape, its status such that their clients raise the class that it is: a status of the upstream
 * is passed on where it speaks of the request, and is 502 otherwise, so that the provider's 401 is not taken for ours.
 * `x-should-retry` keeps those clients from repeating what would fail, and cost, again.
 */
export function openaiErrorOf(error: unknown, formatError: FormatError): OpenaiError {
  const fault = withOwnLimit(httpFaultOf(error));
  const formatted = fault
    ? { message: fault.message, extensions: codeOfFault(fault) }
    : formatError({ message: "" }, error);
  const { code, retryAfter, ...rest } = formatted.extensions as { code: ErrorCode; retryAfter?: number };
  const status = fault?.status ?? statusFor(code, rest as { status?: number });
  const shown = Object.fromEntries(
    Object.entries(rest).filter(([name]) => ["status", "reason", "requestId", "field"].includes(name)),
  );
  return {
    status,
    headers: {
      ...fault?.headers,
      ...(retryAfter !== undefined && { "retry-after": String(retryAfter) }),
      "x-should-retry": String(isWorthRepeating(code, rest as { status?: number }, retryAfter)),
    },
    body: { error: { message: formatted.message, type: types[code], code, ...inTheirWords(shown) } },
  };
}

/**
 * What is wrong is `param` to OpenAI's clients, and `field` as everywhere here. The database names fields of the mutation
 * `chat`: `input.maxTokens` is `max_tokens` here.
 */
function inTheirWords({ field, ...shown }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (typeof field !== "string") return { param: null, ...shown };
  const [, name] = /^input\.(\w+)$/.exec(field) ?? [];
  const param = name?.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) ?? field;
  return { param, ...shown, field: param };
}

export function sendOpenaiError(
  error: unknown,
  _request: FastifyRequest,
  reply: FastifyReply,
  formatError: FormatError,
): FastifyReply {
  // Nobody's failure, and nobody to answer.
  if (error instanceof ClientGone) return reply.code(400).send();
  const { status, headers, body } = openaiErrorOf(error, formatError);
  return reply.code(status).headers(headers).type("application/json; charset=utf-8").send(JSON.stringify(body));
}

function statusFor(code: ErrorCode, { status }: { status?: number }): number {
  if (code !== "UPSTREAM_ERROR") return statusOf[code];
  return status !== undefined && passedOn.has(status) ? status : statusOf.UPSTREAM_ERROR;
}

function isWorthRepeating(code: ErrorCode, { status }: { status?: number }, retryAfter = 0): boolean {
  if (retryAfter > longestWaitSeconds) return false;
  if (code === "UPSTREAM_ERROR") return status !== undefined && (status === 408 || status === 429 || status >= 500);
  return code === "RATE_LIMITED" || code === "UNAVAILABLE";
}

const codeOfFault = ({ status }: HttpFault) => ({ code: status === 404 ? "NOT_FOUND" : "BAD_USER_INPUT" });

/** Bodies may be larger at `/v1` than elsewhere. */
const withOwnLimit = (fault: HttpFault | null) =>
  fault?.status === 413 ? new HttpFault(413, "The body may hold 10 MiB at most.") : fault;
