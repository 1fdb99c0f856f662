import type { RequestInit } from "undici";
import type { Plaintext } from "../crypto/plaintext.js";
import { standardAnswer } from "./oauth-answer.js";
import { basicCredentials } from "./oauth-configuration.js";
import { OAuthFailure, type OAuthService } from "./oauth-service.js";
import type { UpstreamFetch } from "./upstream-fetch.js";

export type TokenKind = "access_token" | "refresh_token";

export interface EndingParts {
  readonly upstreamFetch: UpstreamFetch;
  readonly timeoutSeconds: number;
}

/** Words in which services say that a token is worth nothing already: what was wanted. */
const over = new Set(["invalid_token", "token_revoked", "token_expired"]);

/**
 * Ends a token at its service, by RFC 7009 or the service's own way; one that has ended already is no failure.
 * @throws OAuthFailure, also for a kind of token that this service has no way to end
 */
export async function endToken(
  { upstreamFetch, timeoutSeconds }: EndingParts,
  service: OAuthService,
  token: Plaintext,
  kind: TokenKind,
): Promise<void> {
  const request = requestOf(service, token.reveal(), kind);
  if (!request) throw new OAuthFailure("rejected");
  const { url, ...init } = request;
  const signal = AbortSignal.timeout(timeoutSeconds * 1000);
  const response = await upstreamFetch(url, { ...init, signal }).catch(() => {
    throw new OAuthFailure("unreachable");
  });
  const { status } = response;
  const { answer, fields } = await standardAnswer(response).catch(() => {
    throw new OAuthFailure("rubbish", status);
  });
  if (!answer.ok && !over.has(String(fields.error))) throw new OAuthFailure("rejected", status);
}

interface Ending extends RequestInit {
  readonly url: string;
}

function requestOf(service: OAuthService, token: string, kind: TokenKind): Ending | null {
  const { revocationUrl, revocationRequests, clientId } = service;
  if (!revocationUrl || !clientId) return null;
  if (revocationRequests === "github") {
    if (kind === "refresh_token") return null;
    const url = `${revocationUrl}/${encodeURIComponent(clientId)}/token`;
    const headers = headersOf(service, { authorization: basicCredentials(service), ...json });
    return { url, method: "DELETE", headers, body: JSON.stringify({ access_token: token }) };
  }
  const isForm = revocationRequests === "form";
  const fields = { token, ...(isForm && { token_type_hint: kind }), ...credentialsOf(service) };
  const basic = service.clientAuthentication === "basic" && { authorization: basicCredentials(service) };
  const headers = headersOf(service, { ...basic, ...(isForm ? form : json) });
  const body = isForm ? new URLSearchParams(fields).toString() : JSON.stringify(fields);
  return { url: revocationUrl, method: "POST", headers, body };
}

const form = { "content-type": "application/x-www-form-urlencoded" };
const json = { "content-type": "application/json" };

const headersOf = ({ revocationHeaders }: OAuthService, more: Record<string, string>) => ({
  ...revocationHeaders,
  accept: "application/json",
  "user-agent": "cloakroom",
  ...more,
});

/** Of a client that proves itself in the body, or not at all. */
function credentialsOf({ clientAuthentication, clientId, clientSecret }: OAuthService): Record<string, string> {
  if (clientAuthentication === "basic") return {};
  return { client_id: clientId ?? "", ...(clientAuthentication === "post" && { client_secret: clientSecret ?? "" }) };
}
