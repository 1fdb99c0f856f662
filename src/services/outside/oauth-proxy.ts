import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import type { RequestInit, Response } from "undici";
import type { Plaintext } from "../crypto/plaintext.js";
import { badInput, DomainError } from "../errors.js";
import { addressBelow } from "./oauth-address.js";
import { createTokenEcho, type TokenEcho } from "./oauth-echo.js";
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
  readonly accessToken: Plaintext;
  another(): Promise<Plaintext | null>;
}

export interface ForwardedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Null where an answer of its kind has none. */
  readonly body: AsyncGenerator<Uint8Array> | null;
}

const requestHeaders = [
  "accept",
  "accept-language",
  "content-type",
  "content-language",
  "if-match",
  "if-none-match",
  "if-modified-since",
  "if-unmodified-since",
];
const answerHeaders =
  /^(content-type|content-language|content-disposition|etag|last-modified|link|retry-after|deprecation|sunset|request-id|x-request-id|x-slack-req-id|x-github-request-id|x-github-media-type|x-oauth-scopes|x-accepted-oauth-scopes|(x-)?ratelimit(-[a-z-]+)?)$/;
/** What fetch has undone by the time we see a body. In any other encoding a token could pass unseen. */
const readableEncoding = /^(identity|x?-?gzip|deflate|br)?$/i;

/** A body up to here can be sent again with another token. */
const largestReplay = 1024 * 1024;

/**
 * Forwards requests below a service's API address with the token that is lent, streaming both ways. Of headers only
 * those that are named here pass, in either direction. What the service says of the token is taken out of its answer; an
 * answer's Location leads back to us, or is left out. No `range`: of parts of an answer nobody could say whether they
 * are parts of the token.
 */
export function createServiceProxy({ upstreamFetch }: { readonly upstreamFetch: UpstreamFetch }) {
  return {
    /**
     * @throws BAD_USER_INPUT `path` where the path leads anywhere else, UPSTREAM_ERROR where the service cannot be
     * reached, and what `another` throws
     */
    async forward(token: ForwardingToken, request: ForwardedRequest): Promise<ForwardedAnswer> {
      const { service } = token;
      const url = addressBelow(service.apiBaseUrl, request.rest);
      if (!url) throw badInput("path", "This path does not stay below the service's address.");
      const body = await bodyOf(request);
      const send = (accessToken: Plaintext) => sent(upstreamFetch, url, service, accessToken, request, body);
      const tokens = [token.accessToken];
      let response = await send(token.accessToken);
      const second = response.status === 401 && body.isReplayable ? await token.another() : null;
      if (second) {
        response.body?.cancel().catch(() => undefined);
        tokens.push(second);
        response = await send(second);
      }
      return answerOf(response, { url, service, request, echo: createTokenEcho(tokens) });
    },
  };
}

type Body = { readonly content: Buffer | AsyncIterable<Uint8Array> | null; readonly isReplayable: boolean };

/** Small bodies whole, so that they can be sent again; of larger ones no more than that is ever in memory. */
async function bodyOf({ body }: ForwardedRequest): Promise<Body> {
  if (!body) return { content: null, isReplayable: true };
  const pieces: Buffer[] = [];
  const rest = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  for (let size = 0; size <= largestReplay; ) {
    const { done, value } = await rest.next();
    if (done) return { content: Buffer.concat(pieces), isReplayable: true };
    pieces.push(value);
    size += value.length;
  }
  return { content: followedBy(pieces, rest), isReplayable: false };
}

async function* followedBy(pieces: Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Uint8Array> {
  for (let piece = pieces.shift(); piece; piece = pieces.shift()) yield piece;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

async function sent(
  upstreamFetch: UpstreamFetch,
  url: string,
  service: OAuthService,
  accessToken: Plaintext,
  { method, headers, signal }: ForwardedRequest,
  { content }: Body,
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
  if (readableEncoding.test(response.headers.get("content-encoding") ?? "")) return response;
  response.body?.cancel().catch(() => undefined);
  throw new DomainError("UPSTREAM_ERROR", "The service answered in an encoding that cannot be passed on.");
}

function failureOf(error: unknown): DomainError {
  if (error instanceof AddressRefused) return new DomainError("UPSTREAM_ERROR", error.message);
  return new DomainError("UPSTREAM_ERROR", "The service cannot be reached.");
}

export type ServiceProxy = ReturnType<typeof createServiceProxy>;

interface AnswerParts {
  readonly url: string;
  readonly service: OAuthService;
  readonly request: ForwardedRequest;
  readonly echo: TokenEcho;
}

function answerOf(response: Response, { url, service, request, echo }: AnswerParts): ForwardedAnswer {
  const headers: Record<string, string> = {};
  for (const [name, value] of response.headers)
    if (answerHeaders.test(name) && !echo.isIn(value)) headers[name] = value;
  const location = ownLocation(response.headers.get("location"), url, service.apiBaseUrl, request.ownPath);
  if (location && !echo.isIn(location)) headers.location = location;
  const { body, status } = response;
  return { status, headers, body: body && request.method !== "HEAD" ? echo.clean(body) : null };
}

/** Where a redirect or a new object is found through us; null where that is anywhere but below the API's address. */
function ownLocation(location: string | null, url: string, base: string, ownPath: string): string | null {
  if (!location || !URL.canParse(location, url)) return null;
  const { href } = new URL(location, url);
  if (!href.startsWith(`${base}/`)) return null;
  const rest = href.slice(base.length + 1);
  return addressBelow(base, rest) === href ? `${ownPath}/${rest}` : null;
}
