/**
 * The address of a path and query below a base, or null for whatever could lead out of it: an upstream may decode a path
 * again that we and it read differently. So neither dots as segments nor slashes may come encoded, once or several times,
 * no segment may be empty but the last, and what comes out is looked at once more as a URL.
 */
export function addressBelow(base: string, rest: string): string | null {
  if (!/^[\x21\x22\x24-\x5b\x5d-\x7e]*$/.test(rest)) return null;
  const [path = ""] = rest.split("?", 1);
  if (!isWellEncoded(path) || !isInnerPath(path) || !URL.canParse(`${base}/${rest}`)) return null;
  const root = new URL(base);
  const url = new URL(`${base}/${rest}`);
  const isBelow = url.pathname.startsWith(`${root.pathname.replace(/\/$/, "")}/`);
  const isSameHost = url.origin === root.origin && url.username === "" && url.password === "";
  return isBelow && isSameHost && url.hash === "" ? url.href : null;
}

/** Whether a path and query stay below any base: asked before a token is read for them. */
export const staysBelow = (rest: string): boolean => addressBelow("https://service.invalid/api", rest) !== null;

/** How often a path may have been encoded on top of itself before it is no path that anybody means. */
const deepestEncoding = 4;
/**
 * `..;x` is `..` to servers that take what follows the semicolon for a parameter, and so is `..` before a question mark or
 * a hash, which end the path once they are decoded, and before or after spaces, which some trim.
 */
const dots = /^ *\.{1,2}([;?# ]|$)/;

function isInnerPath(path: string): boolean {
  const slashes = path.split("/").length;
  let decoded = path;
  for (let round = 0; round < deepestEncoding; round++) {
    const segments = decoded.split("/");
    if (segments.length !== slashes || segments.slice(0, -1).includes("")) return false;
    if (segments.some((segment) => dots.test(segment)) || /[\\\p{Cc}]/u.test(decoded)) return false;
    const next = decodedOnce(decoded);
    if (next === decoded) return true;
    decoded = next;
  }
  return false;
}

/** As the most lenient of servers would: percent signs that begin nothing are themselves, and hinder no others. */
const decodedOnce = (text: string): string =>
  text.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll("%", ""), "hex").toString());

/** Nobody means a path whose own encoding is broken; what is encoded within it may be anything. */
function isWellEncoded(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
