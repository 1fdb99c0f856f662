import type { GraphQLFormattedError } from "graphql";
import type { ErrorCode } from "../services/errors.js";

/** Carried by every answer. Only what may be shared and never changes (hashed assets) replaces `cache-control`. */
export const baseHeaders = {
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
} as const;

/** A request that is refused before GraphQL sees it. */
export class HttpFault extends Error {
  override readonly name = "HttpFault";
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

const faults: Readonly<Record<number, string>> = {
  400: "The request could not be understood.",
  404: "Nothing is served at this address.",
  405: "This method is not served here.",
  408: "The request took too long to arrive.",
  413: "The body may hold 4 MiB at most.",
  414: "The address is too long.",
  415: "The body must be JSON in UTF-8, with content-type: application/json.",
  431: "The headers are too long.",
};

export const httpFault = (status: number, headers?: Readonly<Record<string, string>>) =>
  new HttpFault(status, faults[status] ?? "The request could not be understood.", headers);

/**
 * The request's fault that an error is; null for any other. Fastify's own say in `statusCode` whose fault they are, in
 * messages that quote addresses and types.
 */
export function httpFaultOf(error: unknown): HttpFault | null {
  if (error instanceof HttpFault) return error;
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown };
  const isFastifys = typeof code === "string" && code.startsWith("FST_") && typeof statusCode === "number";
  return isFastifys && statusCode >= 400 && statusCode < 500 ? httpFault(statusCode) : null;
}

/** Statuses of refusals that are not a field's but the whole request's. */
export const statusOf: Readonly<Record<ErrorCode, number>> = {
  BAD_USER_INPUT: 400,
  INVALID_CODE: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  RATE_LIMITED: 429,
  INTERNAL_SERVER_ERROR: 500,
  UPSTREAM_ERROR: 502,
  UNAVAILABLE: 503,
};

export const faultBody = ({ message }: HttpFault): string =>
  errorBody({ message, extensions: { code: "BAD_USER_INPUT" } });

export const errorBody = (error: GraphQLFormattedError): string => `${JSON.stringify({ errors: [error] })}\n`;

const graphqlResponse = "application/graphql-response+json";

/** The media type of an error, as GraphQL over HTTP has it: the newer one for clients that name it. */
export const errorType = (accept: string | undefined): string =>
  `${accept?.includes(graphqlResponse) ? graphqlResponse : "application/json"}; charset=utf-8`;

/** The same answer written by hand, where Node gave up on a request before there was one. */
export function rawAnswer(status: number, reason: string): string {
  const body = faultBody(httpFault(status));
  const headers = {
    ...baseHeaders,
    "content-type": errorType(undefined),
    "content-length": body.length,
    connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${reason}\r\n${lines.join("")}\r\n${body}`;
}
