import type { IncomingHttpHeaders } from "node:http";

/** Whether a request that comes with cookies comes from a page that may send it. */
export type OriginCheck = (headers: IncomingHttpHeaders) => boolean;

/**
 * A page of the named origins, or of the server itself. Of an origin that is not named the browser's own word decides
 * (`Sec-Fetch-Site`, which no script can set): only same-origin, or a person's own doing, will do, so a page of another
 * port or of a sibling domain is not ours. A browser that says nothing of it is judged by Origin alone; a program sends
 * neither. `Origin: null` (a sandboxed frame, a file) is nobody's.
 */
export function createOriginCheck(corsOrigins: readonly string[], publicUrl: string | null): OriginCheck {
  const own = publicUrl === null ? null : new URL(publicUrl).origin;
  return ({ origin, host, "sec-fetch-site": site }) => {
    if (origin !== undefined && corsOrigins.includes(origin)) return true;
    if (site !== undefined) return site === "same-origin" || site === "none";
    return origin === undefined || origin === (own ?? `http://${host}`);
  };
}
