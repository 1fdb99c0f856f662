import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";

/** The cookie that a token belongs to: the session's (by its id, which outlives rotated tokens) or the thread's. */
export interface CsrfBinding {
  readonly kind: "session" | "thread";
  readonly id: string;
}

export interface CsrfTokens {
  /** A new token of this binding; without one, a token that nothing accepts. */
  issue(binding: CsrfBinding | null): string;
  isValid(token: string | undefined, binding: CsrfBinding | null): boolean;
}

/**
 * Tokens by which a page proves that it could read an answer made for its cookies. Signed, so that whoever can only plant
 * cookies cannot make one, and bound, so that one's own is worth nothing beside another's cookie. Nothing is stored.
 */
export function createCsrfTokens(secret: string): CsrfTokens {
  const key = Buffer.from(hkdfSync("sha256", secret, "", "cloakroom csrf token", 32));
  const signature = (nonce: string, { kind, id }: CsrfBinding) =>
    createHmac("sha256", key).update(`${kind}:${nonce}:${id}`).digest();
  return {
    issue(binding) {
      const nonce = randomBytes(16).toString("base64url");
      const signed = binding ? signature(nonce, binding) : randomBytes(32);
      return `${nonce}.${signed.toString("base64url")}`;
    },
    isValid(token, binding) {
      const [, nonce, signed] = /^([\w-]{22})\.([\w-]{43})$/.exec(token ?? "") ?? [];
      if (!binding || !nonce || !signed) return false;
      return timingSafeEqual(Buffer.from(signed, "base64url"), signature(nonce, binding));
    },
  };
}
