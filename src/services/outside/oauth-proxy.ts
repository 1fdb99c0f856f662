import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import type { RequestInit, Response } from "undici";
import type { Plaintext } from "../crypto/plaintext.js";
import { badInput, DomainError, domainErrorOf } from "../errors.js";
import { addressBelow } from "./oauth-address.js";
import { createTokenEcho } from "./oauth-echo.js";
import { answerOf, type ForwardedAnswer } from "./oauth-forwarded-answer.js";
import { type ForwardedBody, replayable } from "./oauth-forwarded-body.js";
import type { OAuthService } from "./oauth-service.js";
import { AddressRefused, type UpstreamFetch } from "./upstream-fetch.js";

/** A request to a service's API as a member sent it to us. */
export interface ForwardedRequest {
  readonly method: string;
  /** Path and query below the API's address, as they came: encoded. */
  readonly rest: string;
  readonly headers: IncomingHttpHeaders;
  /** Null where there is none. */
  readonly body: Readable | null;
  readonly signal: AbortSignal;
  /** Path on our side below which this service's answers are found. */
  readonly ownPath: string;
}

/** The token of a request, and another where the service refuses it. */
export interface ForwardingToken {
  readonly service: OAuthService;
  open(): Promise<Plaintext>;
  another(): Promise<Plaintext | null>;
}

/** What passes of any request; services name more. */
export const requestHeaders = [
  "accept",
  "accept-language",
  "content-type",
  "content-language",
  "if-match",
  "if-none-match",
  "if-modified-since",
  "if-unmodified-since",
];
/** What fetch has undone by the time we see a body. In any other encoding a token could pass unseen. */
const readableEncoding = /^(identity|x?-?gzip|deflate|br)?$/i;

/**
 * Forwards requests below a service's API address with the token that is lent, streaming both ways. Of headers only
 * those that are named pass, in either direction. No `range`: of parts of an answer nobody could say whether they are parts
 * of the token.
 */
export function createServiceProxy({ upstreamFetch }: { readonly upstreamFetch: UpstreamFetch }) {
  return {
    /**
     * @throws BAD_USER_INPUT `path` where the path leads anywhere else, UPSTREAM_ERROR where the service cannot be
     * reached, and CONFLICT where it has to be connected again
     */
    async forward(token: ForwardingToken, request: ForwardedRequest): Promise<ForwardedAnswer> {
      const { service } = token;
      const url = addressBelow(service.apiBaseUrl, request.rest);
      if (!url) throw badInput("path", "This path does not stay below the service's address.");
      // Before the token: a body may take its time, in which whoever sends it can be removed.
      const body = await replayable(request.body);
      const send = (accessToken: Plaintext) => sent(upstreamFetch, url, service, accessToken, request, body);
      const first = await token.open();
      const tokens = [first];
      let response = await send(first);
      const second = response.status === 401 && body.isReplayable ? await anotherThan(response, token) : null;
      if (second) {
        leave(response);
        tokens.push(second);
        response = await send(second);
      }
      const { apiBaseUrl } = service;
      const { ownPath, method } = request;
      const parts = { url, apiBaseUrl, ownPath, hasBody: method !== "HEAD", echo: createTokenEcho(tokens) };
      return answerOf(response, parts);
    },
  };
}

/** Null where the service does not give out another now, or the use is over: then what it said of this one is passed on. */
async function anotherThan(response: Response, token: ForwardingToken): Promise<Plaintext | null> {
  return token.another().catch((error: unknown) => {
    const code = domainErrorOf(error)?.code;
    if (code === "UPSTREAM_ERROR" || code === "NOT_FOUND") return null;
    leave(response);
    throw error;
  });
}

const leave = (response: Response) => void response.body?.cancel().catch(() => undefined);

async function sent(
  upstreamFetch: UpstreamFetch,
  url: string,
  service: OAuthService,
  accessToken: Plaintext,
  { method, headers, signal }: ForwardedRequest,
  { content }: ForwardedBody,
): Promise<Response> {
  const named = [...requestHeaders, ...service.requestHeaders];
  const passed = named.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]]));
  const init: RequestInit = {
    method,
    signal,
    headers: {
      ...(Object.fromEntries(passed) as Record<string, string>),
      authorization: `Bearer ${accessToken.reveal()}`,
      "user-agent": "cloakroom",
      "accept-encoding": "identity",
    },
    ...(content !== null && { body: content as Buffer, duplex: "half" as const }),
  };
  const response = await upstreamFetch(url, init).catch((error: unknown) => {
    throw failureOf(error);
  });
  const problem = problemOf(response);
  if (problem === null) return response;
  leave(response);
  throw new DomainError("UPSTREAM_ERROR", problem);
}

function problemOf({ status, headers }: Response): string | null {
  if (status < 200 || status > 599) return "The service answered with a status that HTTP does not have.";
  if (readableEncoding.test(headers.get("content-encoding") ?? "")) return null;
  return "The service answered in an encoding that cannot be passed on.";
}

function failureOf(error: unknown): DomainError {
  if (error instanceof AddressRefused) return new DomainError("UPSTREAM_ERROR", error.message);
  return new DomainError("UPSTREAM_ERROR", "The service cannot be reached.");
}

export type ServiceProxy = ReturnType<typeof createServiceProxy>;
