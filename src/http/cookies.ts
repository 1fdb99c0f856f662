import { forbidden } from "../services/errors.js";

/** What the server keeps in a browser: the access token, the refresh token, the thread session. */
export type CookieKind = "session" | "refresh" | "thread";

export type SentCookies = Readonly<Partial<Record<CookieKind, string>>>;

export interface Cookies {
  /**
   * Our cookies out of a `Cookie` header. A value in a form that we never set is as none.
   * @throws FORBIDDEN where one name came twice: somebody who may set cookies for a parent domain, or for another path,
   * put theirs beside ours, and which of the two is ours nothing tells
   */
  read(header: string | undefined): SentCookies;
  /** A `Set-Cookie` header. Without `maxAgeSeconds` the cookie goes with the browser's own session. */
  keep(kind: CookieKind, value: string, maxAgeSeconds?: number): string;
  /** A `Set-Cookie` header with the attributes of `keep`, by which the browser drops the cookie. */
  drop(kind: CookieKind): string;
}

const kinds = ["session", "refresh", "thread"] as const;
/** Tokens of ours are base64url and dots: no quotes, no percent signs, nothing to decode. */
const ourValue = /^[\w.-]+$/;

/**
 * HTTP-only, so that no script reads them; SameSite=Lax; for the whole host. With https also Secure and `__Host-`, which
 * browsers take from no sibling domain; the names without that prefix are then not read.
 */
export function createCookies(isHttps: boolean): Cookies {
  const nameOf = (kind: CookieKind) => `${isHttps ? "__Host-" : ""}cloakroom-${kind}`;
  const names = new Map(kinds.map((kind) => [nameOf(kind), kind]));
  const attributes = `; Path=/; HttpOnly; SameSite=Lax${isHttps ? "; Secure" : ""}`;
  const withAge = (seconds: number) => `; Max-Age=${seconds}`;
  return {
    read(header = "") {
      const sent = new Map<CookieKind, string>();
      for (const pair of header.split(";")) {
        // By hand: a pattern that takes blanks in several ways would try them all, for minutes where a header is full of them.
        const end = pair.indexOf("=");
        const name = pair.slice(0, Math.max(end, 0)).trim();
        const value = pair.slice(end + 1);
        const kind = names.get(name);
        if (!kind) continue;
        if (sent.has(kind))
          throw forbidden(`The cookie ${name} came twice. Delete this site's cookies and sign in again.`);
        sent.set(kind, value.trim());
      }
      return Object.fromEntries([...sent].filter(([, value]) => ourValue.test(value)));
    },
    keep: (kind, value, maxAgeSeconds) =>
      `${nameOf(kind)}=${value}${attributes}${maxAgeSeconds === undefined ? "" : withAge(maxAgeSeconds)}`,
    drop: (kind) => `${nameOf(kind)}=${attributes}${withAge(0)}`,
  };
}
