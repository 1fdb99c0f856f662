export interface TokenHeader {
  readonly alg: string;
  /** Says which of the keys that are pinned already, and never brings one along. */
  readonly kid: string | undefined;
}

/** Room for what a project puts into its users' metadata. */
const longestToken = 8192;

/**
 * The header of a token that is written in the one way there is: three parts, each the base64url that its own bytes give,
 * the first a JSON object of alg, kid and typ. Null for any other: members such as jwk, jku, x5u and crit ask the reader
 * to fetch keys or to follow rules that the bearer chose.
 */
export function headerOf(token: string): TokenHeader | null {
  if (token.length > longestToken) return null;
  const parts = token.split(".");
  if (parts.length !== 3 || !parts.every(isCanonical)) return null;
  const header = jsonOf(Buffer.from(parts[0] ?? "", "base64url"));
  if (typeof header !== "object" || header === null || Array.isArray(header)) return null;
  const { alg, kid, typ, ...others } = header as Record<string, unknown>;
  if (typeof alg !== "string" || (typ ?? "JWT") !== "JWT" || Object.keys(others).length > 0) return null;
  if (kid !== undefined && (typeof kid !== "string" || kid.length > 256)) return null;
  return { alg, kid };
}

const isCanonical = (part: string) => Buffer.from(part, "base64url").toString("base64url") === part;

/** The value that bytes spell, undefined where they spell none. */
export function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
