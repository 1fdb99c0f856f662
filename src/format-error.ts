import { randomUUID } from "node:crypto";
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { errorTrace } from "./error-trace.js";
import { requestFaultOf } from "./request-fault.js";
import { type DomainError, domainErrorOf, forbidden } from "./services/errors.js";

/** What this room says to whoever runs the server. */
export interface ErrorLog {
  error(fields: object): void;
  warn(fields: object): void;
}

export type FormatError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/**
 * The one door through which errors leave. Domain errors go out as they were written, faults of the request in words
 * without its values, and all else as INTERNAL_SERVER_ERROR with an id under which the log has its kind, SQLSTATE and
 * stack, and none of its messages.
 */
export function createFormatError(log: ErrorLog): FormatError {
  const reported = new WeakMap<object, string>();
  const report = (error: unknown, path: GraphQLFormattedError["path"]) => {
    const requestId = (isObject(error) && reported.get(error)) || randomUUID();
    if (isObject(error) && !reported.has(error))
      log.error({ msg: "request failed", requestId, path, ...errorTrace(error) });
    if (isObject(error)) reported.set(error, requestId);
    return requestId;
  };
  return ({ path, locations, extensions }, error) => {
    const place = { ...(locations && { locations }), ...(path && { path }) };
    const thrown = thrownOf(error);
    const refusal = refusalOf(thrown);
    if (refusal) {
      if (refusal.code === "UNAVAILABLE") log.warn({ msg: "database unavailable", ...errorTrace(thrown) });
      return { message: refusal.message, ...place, extensions: { ...refusal.extensions, code: refusal.code } };
    }
    const fault = error instanceof GraphQLError ? requestFaultOf(error, extensions?.code) : null;
    if (fault) {
      const { message, field } = fault;
      return { message, ...place, extensions: { ...(field && { field }), code: "BAD_USER_INPUT" } };
    }
    const requestId = report(thrown, path);
    return { message: internalMessage, ...place, extensions: { code: "INTERNAL_SERVER_ERROR", requestId } };
  };
}

const internalMessage = "Something went wrong on the server. The request id finds it in the server's log.";

/** What a resolver threw, out of the errors that GraphQL put around it. */
function thrownOf(error: unknown): unknown {
  let thrown = error;
  while (thrown instanceof GraphQLError && thrown.originalError) thrown = thrown.originalError;
  return thrown;
}

function refusalOf(thrown: unknown): DomainError | null {
  // graphql-shield's own words, where a rule just says no.
  if (thrown instanceof Error && thrown.message === "Not Authorised!") return forbidden();
  return domainErrorOf(thrown);
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
