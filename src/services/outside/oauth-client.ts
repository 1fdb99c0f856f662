import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  refreshTokenGrant,
  type TokenEndpointResponse,
} from "openid-client";
import { Plaintext } from "../crypto/plaintext.js";
import { textAt } from "./oauth-answer.js";
import { configurationOf } from "./oauth-configuration.js";
import { endToken } from "./oauth-revocation.js";
import { OAuthFailure, type OAuthService } from "./oauth-service.js";
import { asked, type Heard } from "./oauth-token-request.js";
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
    async exchange(service: OAuthService, answer: CodeAnswer): Promise<TokenSet> {
      const { code, state, issuer, verifier, redirectUri } = answer;
      if (!isFromIssuer(service, issuer)) throw new OAuthFailure("issuer");
      const url = new URL(redirectUri);
      url.search = new URLSearchParams({ code, state, ...(service.issuer && issuer && { iss: issuer }) }).toString();
      return tokensBy(service, (configuration) =>
        authorizationCodeGrant(configuration, url, { pkceCodeVerifier: verifier, expectedState: state }),
      );
    },
    /** Other tokens for a refresh token, which may be worth nothing afterwards. @throws OAuthFailure */
    refresh: (service: OAuthService, refreshToken: Plaintext): Promise<TokenSet> =>
      tokensBy(service, (configuration) => refreshTokenGrant(configuration, refreshToken.reveal())),
    /** Ends a token where the service has an address for that. @throws OAuthFailure */
    revoke: (service: OAuthService, token: Plaintext, kind: "access_token" | "refresh_token"): Promise<void> =>
      endToken(
        { upstreamFetch, timeoutSeconds: Math.min(timeoutSeconds, revocationTimeoutSeconds) },
        service,
        token,
        kind,
      ),
  };
}

/** Whether a code is this service's (RFC 9207): another's must not be handed to it, nor its own be asked of another. */
function isFromIssuer({ issuer, requiresIssuer }: OAuthService, named: string | null): boolean {
  if (issuer === null) return true;
  return named === null ? !requiresIssuer : named === issuer;
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
