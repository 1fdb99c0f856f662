import type { Response } from "undici";
import { DomainError } from "../errors.js";
import { addressBelow } from "./oauth-address.js";
import type { TokenEcho } from "./oauth-echo.js";

export interface ForwardedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Null where an answer of its kind has none. Throws UPSTREAM_ERROR where the service fails in it. */
  readonly body: AsyncGenerator<Uint8Array> | null;
}

export interface AnswerParts {
  /** To which the service answered. */
  readonly url: string;
  readonly apiBaseUrl: string;
  /** Path on our side below which this service's answers are found. */
  readonly ownPath: string;
  readonly hasBody: boolean;
  readonly echo: TokenEcho;
}

const passed =
  /^(content-type|content-language|content-disposition|etag|last-modified|retry-after|deprecation|sunset|request-id|x-request-id|x-slack-req-id|x-github-request-id|x-github-media-type|x-oauth-scopes|x-accepted-oauth-scopes|(x-)?ratelimit(-[a-z-]+)?)$/;

/**
 * A service's answer as it leaves us: headers by name, none that holds the token, and the token out of the body. Where a
 * header tells clients where to go next, that is through us: they would take the bearer that they send us along.
 */
export function answerOf(response: Response, parts: AnswerParts): ForwardedAnswer {
  const { echo, hasBody } = parts;
  const headers: Record<string, string> = {};
  const add = (name: string, value: string | null) => {
    if (value && !echo.isIn(value)) headers[name] = value;
  };
  for (const [name, value] of response.headers) if (passed.test(name)) add(name, value);
  add("location", ownLocation(response.headers.get("location"), parts));
  add("link", ownLinks(response.headers.get("link"), parts));
  const { body, status } = response;
  return { status, headers, body: body && hasBody ? echo.clean(received(body)) : null };
}

async function* received(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch {
    throw new DomainError("UPSTREAM_ERROR", "The service broke its answer off, or sent one that cannot be read.");
  }
}

type Place = Pick<AnswerParts, "url" | "apiBaseUrl" | "ownPath">;

/** Where a redirect or a new object is found through us; null where that is anywhere but below the API's address. */
export function ownLocation(location: string | null, { url, apiBaseUrl, ownPath }: Place): string | null {
  if (!location || !URL.canParse(location, url)) return null;
  const { href } = new URL(location, url);
  if (!href.startsWith(`${apiBaseUrl}/`)) return null;
  const rest = href.slice(apiBaseUrl.length + 1);
  return addressBelow(apiBaseUrl, rest) === href ? `${ownPath}/${rest}` : null;
}

/** `<target>`, then parameters, whose quoted values may hold commas. */
const firstLink = /^[\s,]*<([^<>]*)>((?:[^",]|"(?:[^"\\]|\\.)*")*)(?=,|$)/;

/** A `Link` header (RFC 8288) of those links alone whose targets are found through us; null where there are none. */
export function ownLinks(header: string | null, place: Place): string | null {
  const links: string[] = [];
  let rest = header ?? "";
  for (let found = firstLink.exec(rest); found; found = firstLink.exec(rest)) {
    const [whole, target = "", parameters = ""] = found;
    const own = ownLocation(target, place);
    if (own) links.push(`<${own}>${parameters.trimEnd()}`);
    rest = rest.slice(whole.length);
  }
  return links.length > 0 ? links.join(", ") : null;
}
