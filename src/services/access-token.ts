import type { KeyObject } from "node:crypto";
import { CompactSign } from "jose";
import { type AccessClaims, claimsOf } from "./access-token/claims.js";
import { createProjectKeys } from "./access-token/project-keys.js";
import { openedWith } from "./access-token/public-keys.js";
import { createSharedSecret } from "./access-token/shared-secret.js";
import { headerOf, type TokenHeader } from "./access-token/token-header.js";

export type { AccessClaims } from "./access-token/claims.js";

export interface AccessTokens {
  sign(userId: string, sessionId: string): Promise<{ readonly token: string; readonly claims: AccessClaims }>;
  /**
   * The claims of a token that this server or its Supabase project signed and that has not ended, else null. Never throws,
   * and waits only where a token asks for a key of the project that is not known yet.
   */
  verify(token: string): Promise<AccessClaims | null>;
  /** The session of such a token, ended or not; null for any other. Says nothing of who may ask. */
  sessionIdOf(token: string): Promise<string | null>;
}

export interface AccessTokenParts {
  /** For HS256; null where no such token is taken. */
  readonly secret: string | null;
  /** Signs in the secret's place where there is one: ES256. */
  readonly signingKey?: { readonly kid: string; readonly privateKey: KeyObject; readonly publicKey: KeyObject } | null;
  /** `<SUPABASE_URL>/auth/v1`, or `cloakroom` without a Supabase project. */
  readonly issuer: string;
  /** Where the Supabase project publishes the keys of its own tokens. */
  readonly keySetUrl?: URL | null;
  /** Unix milliseconds. */
  readonly clock?: () => number;
}

const lifetimeSeconds = 3600;
/** Those in which Supabase Auth signs. */
const projectAlgorithms = ["ES256", "RS256", "EdDSA"];

/**
 * Access tokens in Supabase's form, ours and those of Supabase Auth. Each algorithm has its own keys: no public key ever
 * serves as a secret. Claims are checked by us: libraries take tokens without exp or sub, or with role service_role.
 */
export function createAccessTokens(parts: AccessTokenParts): AccessTokens {
  const { issuer, clock = Date.now } = parts;
  const signed = signerOf(parts);
  const opened = openerOf(parts);
  const nowSeconds = () => Math.floor(clock() / 1000);
  return {
    async sign(userId, sessionId) {
      const iat = nowSeconds();
      const of = { aud: "authenticated", role: "authenticated", sub: userId, session_id: sessionId } as const;
      const claims: AccessClaims = { iss: issuer, ...of, iat, exp: iat + lifetimeSeconds };
      return { token: await signed(claims), claims };
    },
    async verify(token) {
      const header = headerOf(token);
      return header && claimsOf(await opened(token, header), issuer, nowSeconds());
    },
    async sessionIdOf(token) {
      const header = headerOf(token);
      const payload = header && (await opened(token, header));
      // As of its own last second: whether it has ended is not the question.
      const { exp } = (payload ?? {}) as { exp?: unknown };
      return (typeof exp === "number" && claimsOf(payload, issuer, exp - 1)?.session_id) || null;
    },
  };
}

function signerOf({ secret, signingKey }: AccessTokenParts): (claims: AccessClaims) => Promise<string> {
  if (signingKey) {
    const header = { alg: "ES256", typ: "JWT", kid: signingKey.kid };
    return (claims) =>
      new CompactSign(Buffer.from(JSON.stringify(claims))).setProtectedHeader(header).sign(signingKey.privateKey);
  }
  if (secret === null) throw new Error("There is neither a secret nor a key to sign access tokens with.");
  const shared = createSharedSecret(secret);
  return async (claims) => shared.sign(claims);
}

function openerOf({ secret, signingKey, keySetUrl }: AccessTokenParts) {
  const shared = secret === null ? null : createSharedSecret(secret);
  const projectKeys = keySetUrl ? createProjectKeys(keySetUrl) : null;
  return async (token: string, { alg, kid }: TokenHeader): Promise<unknown> => {
    if (alg === "HS256") return shared?.opened(token);
    if (kid === undefined) return null;
    if (signingKey?.kid === kid) return openedWith(token, signingKey.publicKey, ["ES256"]);
    // Before anything is fetched: an algorithm that no key is for is no reason to ask.
    if (projectKeys && projectAlgorithms.includes(alg)) return openedWith(token, projectKeys, projectAlgorithms);
    return null;
  };
}
