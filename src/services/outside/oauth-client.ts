import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type ClientAuth,
  ClientSecretPost,
  Configuration,
  type CustomFetchOptions,
  calculatePKCECodeChallenge,
  customFetch,
  None,
  ResponseBodyError,
  refreshTokenGrant,
  type TokenEndpointResponse,
  tokenRevocation,
} from "openid-client";
import type { RequestInit } from "undici";
import { Plaintext } from "../crypto/plaintext.js";
import { standardAnswer, textAt } from "./oauth-answer.js";
import { OAuthFailure, type OAuthService } from "./oauth-service.js";
import type { UpstreamFetch } from "./upstream-fetch.js";

/** What a service gave out: for the database, and for nobody else. */
export interface TokenSet {
  readonly accessToken: Plaintext;
  readonly refreshToken: Plaintext | null;
  readonly expiresIn: number | null;
  /** Null where the service did not say: then what was asked for. */
  readonly scopes: readonly string[] | null;
  readonly account: string | null;
}

export interface AuthorizationRequest {
  readonly state: string;
  readonly verifier: string;
  readonly scopes: readonly string[];
  readonly redirectUri: string;
}

export interface CodeAnswer {
  readonly code: string;
  readonly state: string;
  readonly issuer: string | null;
  readonly verifier: string;
  readonly redirectUri: string;
}

export type OAuthClient = ReturnType<typeof createOAuthClient>;

export interface OAuthClientParts {
  readonly upstreamFetch: UpstreamFetch;
  /** For a whole answer. Shorter than a lease on a refresh, so that no two ask at once. */
  readonly timeoutSeconds?: number;
}

const revocationTimeoutSeconds = 5;

/**
 * This server as an OAuth client: the code flow with PKCE, refresh and revocation, by openid-client over our own fetch.
 * Services without a client id are not to be asked for. What services say in errors goes no further than their status.
 */
export function createOAuthClient({ upstreamFetch, timeoutSeconds = 15 }: OAuthClientParts) {
  const tokensBy = async (
    service: OAuthService,
    ask: (configuration: Configuration) => Promise<TokenEndpointResponse>,
  ) => tokensOf(service, await asked(service, upstreamFetch, timeoutSeconds, ask));
  return {
    /** Where to send the person. */
    async authorizationUrl(service: OAuthService, request: AuthorizationRequest): Promise<string> {
      const { state, verifier, scopes, redirectUri } = request;
      return buildAuthorizationUrl(configurationOf(service), {
        ...service.authorizationParameters,
        redirect_uri: redirectUri,
        state,
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
        ...(scopes.length > 0 && { scope: scopes.join(service.scopeSeparator) }),
      }).href;
    },
    /** The tokens for a code. @throws OAuthFailure */
    exchange(service: OAuthService, answer: CodeAnswer): Promise<TokenSet> {
      const { code, state, issuer, verifier, redirectUri } = answer;
      const url = new URL(redirectUri);
      url.search = new URLSearchParams({ code, state, ...(service.issuer && issuer && { iss: issuer }) }).toString();
      return tokensBy(service, (configuration) =>
        authorizationCodeGrant(configuration, url, { pkceCodeVerifier: verifier, expectedState: state }),
      );
    },
    /** Other tokens for a refresh token, which may be worth nothing afterwards. @throws OAuthFailure */
    refresh: (service: OAuthService, refreshToken: Plaintext): Promise<TokenSet> =>
      tokensBy(service, (configuration) => refreshTokenGrant(configuration, refreshToken.reveal())),
    /** Ends a token where the service has an address for that (RFC 7009). @throws OAuthFailure */
    async revoke(service: OAuthService, token: Plaintext, kind: "access_token" | "refresh_token"): Promise<void> {
      const parameters = { token_type_hint: kind };
      const timeout = Math.min(timeoutSeconds, revocationTimeoutSeconds);
      await asked(service, upstreamFetch, timeout, (configuration) =>
        tokenRevocation(configuration, token.reveal(), parameters),
      );
    },
  };
}

function configurationOf(service: OAuthService): Configuration {
  const { authorizationUrl, tokenUrl, revocationUrl, clientId, clientSecret, clientAuthentication } = service;
  const secret = clientSecret ?? "";
  const authentication = { basic: inHeader(secret), post: ClientSecretPost(secret), none: None() };
  const configuration = new Configuration(
    {
      issuer: service.issuer ?? new URL(authorizationUrl).origin,
      authorization_endpoint: authorizationUrl,
      token_endpoint: tokenUrl,
      ...(revocationUrl && { revocation_endpoint: revocationUrl }),
    },
    clientId ?? "",
    {},
    authentication[clientAuthentication],
  );
  // Settings allow http where private addresses are allowed, and nowhere else.
  if ([authorizationUrl, tokenUrl, revocationUrl].some((url) => url?.startsWith("http:")))
    allowInsecureRequests(configuration);
  return configuration;
}

/**
 * HTTP Basic, encoded as little as the standard allows: the library's own writes hyphens as %2D, which is right and which
 * services that do not decode refuse.
 */
function inHeader(secret: string): ClientAuth {
  return (_server, { client_id: id }, _body, headers) => {
    const credentials = [id, secret].map((part) => encodeURIComponent(part).replaceAll("%20", "+")).join(":");
    headers.set("authorization", `Basic ${Buffer.from(credentials).toString("base64")}`);
  };
}

interface Heard<Result> {
  readonly result: Result;
  readonly fields: Record<string, unknown>;
  readonly status: number | null;
}

function tokensOf(service: OAuthService, { result, fields, status }: Heard<TokenEndpointResponse>): TokenSet {
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: expiresIn, scope } = result;
  if (!isToken(accessToken) || (refreshToken !== undefined && !isToken(refreshToken)))
    throw new OAuthFailure("rubbish", status);
  return {
    accessToken: new Plaintext(accessToken),
    refreshToken: refreshToken === undefined ? null : new Plaintext(refreshToken),
    expiresIn: expiresIn === undefined ? null : Math.min(Math.floor(expiresIn), 315_360_000),
    scopes: scopesOf(scope),
    account: textAt(fields, service.accountField),
  };
}

/** What can stand in a header, as the database asks it too. */
const isToken = (text: string) => /^[\x21-\x7e]{1,16384}$/.test(text);

function scopesOf(scope: string | undefined): string[] | null {
  const scopes = scope?.split(/[\s,]+/).filter((one) => /^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/.test(one)) ?? [];
  return scopes.length > 0 ? scopes.slice(0, 100) : null;
}

/** One request by the library, and of its failure nothing but what kind it was. */
async function asked<Result>(
  service: OAuthService,
  upstreamFetch: UpstreamFetch,
  timeout: number,
  ask: (configuration: Configuration) => Promise<Result>,
): Promise<Heard<Result>> {
  const heard = { status: null as number | null, retryAfter: null as number | null, fields: {} };
  const configuration = configurationOf(service);
  configuration.timeout = timeout;
  configuration[customFetch] = async (url, options) => {
    const response = await upstreamFetch(url, requestFor(service, options));
    heard.status = response.status;
    heard.retryAfter = secondsOf(response.headers.get("retry-after"));
    const { answer, fields } = await standardAnswer(response);
    heard.fields = fields;
    return answer;
  };
  try {
    return { result: await ask(configuration), fields: heard.fields, status: heard.status };
  } catch (error) {
    throw failureOf(error, heard);
  }
}

function requestFor(service: OAuthService, { body, headers, method, signal }: CustomFetchOptions): RequestInit {
  const form = body instanceof URLSearchParams ? body : new URLSearchParams();
  const asJson = service.tokenRequests === "json";
  return {
    method,
    signal: signal ?? null,
    headers: { ...headers, accept: "application/json", "user-agent": "cloakroom", ...(asJson && json) },
    body: asJson ? JSON.stringify(Object.fromEntries(form)) : form.toString(),
  };
}

const json = { "content-type": "application/json" };

function failureOf(error: unknown, heard: { status: number | null; retryAfter: number | null }): OAuthFailure {
  const { status, retryAfter } = heard;
  if (error instanceof ResponseBodyError)
    return new OAuthFailure(error.error === "invalid_grant" ? "refused" : "rejected", status, retryAfter);
  if (status === null) return new OAuthFailure("unreachable");
  return new OAuthFailure(status >= 400 ? "rejected" : "rubbish", status, retryAfter);
}

const secondsOf = (header: string | null) => (/^\d{1,6}$/.test(header ?? "") ? Number(header) : null);
