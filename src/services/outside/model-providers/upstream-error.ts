import { DomainError } from "../../errors.js";

/** What an upstream did wrong, in words of ours: nothing that it said is in them. */
export interface UpstreamFault {
  readonly message: string;
  /** The status that it answered, where it did. */
  readonly status?: number;
  /** One of OpenAI's or Anthropic's own published names for what went wrong. */
  readonly reason?: string;
  /** Seconds that it asked to wait. */
  readonly retryAfter?: number;
  /** Nobody can say whether it worked, and is paid for it, all the same. */
  readonly mayHaveWorked?: boolean;
}

export class UpstreamError extends DomainError {
  /** Whether tokens may have been spent. */
  readonly mayHaveWorked: boolean;
  constructor({ message, mayHaveWorked = false, ...shown }: UpstreamFault) {
    super("UPSTREAM_ERROR", message, shown);
    this.mayHaveWorked = mayHaveWorked;
  }
}

export const upstreamError = (fault: UpstreamFault) => new UpstreamError(fault);

export const rubbish = () =>
  upstreamError({ message: "The provider's answer could not be understood.", mayHaveWorked: true });
export const cutOff = () => upstreamError({ message: "The provider's answer was cut off.", mayHaveWorked: true });
export const tooSlow = () => upstreamError({ message: "The provider took too long to answer.", mayHaveWorked: true });
export const unreachable = () => upstreamError({ message: "The provider could not be reached." });

/** Names of faults that OpenAI and Anthropic publish. Others are not repeated: they could be anything. */
const publishedReasons = new Set([
  "api_error",
  "authentication_error",
  "billing_error",
  "billing_hard_limit_reached",
  "content_filter",
  "content_policy_violation",
  "context_length_exceeded",
  "insufficient_quota",
  "invalid_api_key",
  "invalid_image",
  "invalid_prompt",
  "invalid_request_error",
  "invalid_value",
  "model_not_found",
  "not_found_error",
  "overloaded_error",
  "permission_error",
  "rate_limit_error",
  "rate_limit_exceeded",
  "request_too_large",
  "server_error",
  "string_above_max_length",
  "timeout_error",
  "unknown_parameter",
  "unsupported_parameter",
  "unsupported_value",
]);

/** Statuses that Anthropic gives its errors, for those that come in the middle of a stream. */
const statusesByReason: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  api_error: 500,
  server_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

/** The published name in an error body of either dialect, `{"error": {"code", "type"}}`. */
export function reasonOf(body: unknown): string | undefined {
  const { error } = (body ?? {}) as { error?: unknown };
  const { code, type } = (error ?? {}) as { code?: unknown; type?: unknown };
  return [code, type].find((name): name is string => typeof name === "string" && publishedReasons.has(name));
}

/** An error whose status was 200: an event of a stream, or in place of an answer. */
export function errorInStream(body: unknown): UpstreamError {
  const reason = reasonOf(body);
  const status = reason === undefined ? undefined : statusesByReason[reason];
  const message = "The provider broke its answer off with an error.";
  return upstreamError({ message, ...(status && { status }), ...(reason && { reason }), mayHaveWorked: true });
}
