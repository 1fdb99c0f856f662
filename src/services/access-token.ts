import { createSecretKey, type KeyObject } from "node:crypto";
import jsonwebtoken from "jsonwebtoken";

export interface AccessClaims {
  readonly iss: string;
  readonly aud: "authenticated";
  readonly role: "authenticated";
  /** The user id. */
  readonly sub: string;
  readonly session_id: string;
  /** Unix seconds, as `exp`. */
  readonly iat: number;
  readonly exp: number;
}

export interface AccessTokens {
  sign(userId: string, sessionId: string): { readonly token: string; readonly claims: AccessClaims };
  /** The claims of a token that this server could have signed and that has not ended, else null. Never throws. */
  verify(token: string): AccessClaims | null;
  /** The session of a token that this server signed, ended or not; null for any other. Says nothing of who may ask. */
  sessionIdOf(token: string): string | null;
}

export interface AccessTokenParts {
  readonly secret: string;
  /** `<SUPABASE_URL>/auth/v1`, or `cloakroom` without a Supabase project. */
  readonly issuer: string;
  /** Unix milliseconds. */
  readonly clock?: () => number;
}

const lifetimeSeconds = 3600;
/** By how much the clocks of two replicas may differ. */
const clockSkewSeconds = 60;
const longestToken = 4096;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Access tokens in Supabase's form, HS256. `verify` checks every claim itself: jsonwebtoken, told algorithm, audience and
 * issuer, still takes tokens without exp or sub, with role service_role, and with a signature in another encoding.
 */
export function createAccessTokens({ secret, issuer, clock = Date.now }: AccessTokenParts): AccessTokens {
  // Of a text jsonwebtoken would try to make a public key first, for a seventh of a request's whole cost.
  const key = createSecretKey(Buffer.from(secret));
  const nowSeconds = () => Math.floor(clock() / 1000);
  return {
    sign(userId, sessionId) {
      const iat = nowSeconds();
      const claims: AccessClaims = {
        iss: issuer,
        aud: "authenticated",
        role: "authenticated",
        sub: userId,
        session_id: sessionId,
        iat,
        exp: iat + lifetimeSeconds,
      };
      return { token: jsonwebtoken.sign(claims, key, { algorithm: "HS256" }), claims };
    },
    verify(token) {
      if (!isCanonical(token)) return null;
      const payload = verifiedPayload(token, key, issuer, nowSeconds());
      return payload && claimsOf(payload, issuer, nowSeconds());
    },
    sessionIdOf(token) {
      const payload = isCanonical(token) ? verifiedPayload(token, key, issuer, 1) : null;
      // As of its own last second: whether it has ended is not the question.
      const last = payload && isTime(payload.exp) ? payload.exp - 1 : 0;
      return (payload && claimsOf(payload, issuer, last)?.session_id) ?? null;
    },
  };
}

/** One token has one writing: three parts, each the base64url that its own bytes give. */
function isCanonical(token: string): boolean {
  if (token.length > longestToken) return false;
  const parts = token.split(".");
  return parts.length === 3 && parts.every((part) => Buffer.from(part, "base64url").toString("base64url") === part);
}

function verifiedPayload(token: string, key: KeyObject, issuer: string, clockTimestamp: number) {
  try {
    const { header, payload } = jsonwebtoken.verify(token, key, {
      algorithms: ["HS256"],
      audience: "authenticated",
      issuer,
      clockTimestamp,
      complete: true,
    });
    const isPlain = header.alg === "HS256" && !("crit" in header) && (header.typ ?? "JWT") === "JWT";
    return isPlain && typeof payload === "object" ? (payload as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}

/** Only the claims of the contract go on: whatever else was signed says nothing here. */
function claimsOf(payload: Readonly<Record<string, unknown>>, issuer: string, now: number): AccessClaims | null {
  const { iss, aud, role, sub, session_id, iat, exp, nbf } = payload;
  if (iss !== issuer || aud !== "authenticated" || role !== "authenticated") return null;
  if (!isUuid(sub) || !isUuid(session_id) || !isTime(iat) || !isTime(exp)) return null;
  if (exp <= now || exp <= iat || iat > now + clockSkewSeconds) return null;
  if (nbf !== undefined && !(isTime(nbf) && nbf <= now + clockSkewSeconds)) return null;
  return { iss: issuer, aud, role, sub, session_id, iat, exp };
}

const isUuid = (value: unknown): value is string => typeof value === "string" && uuid.test(value);
const isTime = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value) && value > 0;
