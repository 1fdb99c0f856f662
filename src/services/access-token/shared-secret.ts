import { createSecretKey } from "node:crypto";
import jsonwebtoken from "jsonwebtoken";
import type { AccessClaims } from "./claims.js";

/** HS256 under SUPABASE_JWT_SECRET: what a Supabase project that has not moved to signing keys goes by. */
export function createSharedSecret(secret: string) {
  // Of a text jsonwebtoken would try to make a public key first, for a seventh of a request's whole cost.
  const key = createSecretKey(Buffer.from(secret));
  return {
    sign: (claims: AccessClaims): string => jsonwebtoken.sign(claims, key, { algorithm: "HS256" }),
    /** What was signed; null where it was not, by this secret. Leaves the claims, times too, to be judged. */
    opened(token: string): unknown {
      try {
        const options = { algorithms: ["HS256" as const], ignoreExpiration: true, ignoreNotBefore: true };
        return jsonwebtoken.verify(token, key, options);
      } catch {
        return null;
      }
    },
  };
}
