import { isIP } from "node:net";
import { z } from "zod";

/** How the text of a variable becomes a value. Messages say what is wanted, and never hold what was given. */

export const anyText = z.string();

export const wholeNumber = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d{1,10}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.number().min(minimum, `must be at least ${minimum}`).max(maximum, `must be at most ${maximum}`));

export const trueOrFalse = z.enum(["true", "false"], "must be true or false").transform((text) => text === "true");

export const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, `must be ${values.length > 1 ? "one of " : ""}${values.join(", ")}`);

/** Comma-separated. */
export const list = z.string().transform((text) => text.split(",").flatMap((part) => part.trim() || []));

export const webAddress = z
  .string()
  .refine(isWebAddress, "must be an http or https address without credentials, query or fragment")
  // As others write it who compare it: hosts in lower case, no port that goes without saying.
  .transform((text) => new URL(text).href.replace(/\/+$/, ""));

/** Http or https, without credentials, query or fragment. */
export function isWebAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && !username && !password && !search && !hash;
}

export const postgresAddress = z
  .string()
  .refine(
    (text) => /^postgres(ql)?:\/\/\S+$/.test(text) && URL.canParse(text),
    "must be an address such as postgres://user@host:5432/name",
  );

export const longSecret = z.string().min(32, "must be 32 characters or more");

export const fernetKey = z
  .string()
  .refine(isFernetKey, "must be 32 bytes in URL-safe base64 (a Fernet key, 44 characters)")
  .transform((text) => (text.endsWith("=") ? text : `${text}=`));

function isFernetKey(text: string): boolean {
  const bare = text.replace(/=$/, "");
  return /^[\w-]{43}$/.test(bare) && Buffer.from(bare, "base64url").toString("base64url") === bare;
}

export const supabaseServiceKey = z
  .string()
  .refine(
    (text) => isSupabaseKey(text, "sb_secret_", "service_role"),
    "must be the project's secret key (sb_secret_...) or its service_role key, not the public one",
  );

/** The public key goes out beside users' tokens: a secret one in its place would be sent along with each of them. */
export const supabaseAnonKey = z
  .string()
  .refine(
    (text) => isSupabaseKey(text, "sb_publishable_", "anon"),
    "must be the project's publishable key (sb_publishable_...) or its anon key, not a secret one",
  );

/** The old keys are JWTs that say their role; whether the project signed them it will say itself. */
function isSupabaseKey(text: string, prefix: string, role: string): boolean {
  if (text.startsWith("sb_")) return text.startsWith(prefix) && /^\w[\w-]{15,255}$/.test(text);
  const [, payload] = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(text) ?? [];
  try {
    return JSON.parse(Buffer.from(payload ?? "", "base64url").toString()).role === role;
  } catch {
    return false;
  }
}

export const relaySecrets = list
  .refine((secrets) => secrets.length === 1 || secrets.length === 2, "must be one secret, or two separated by a comma")
  .refine(
    (secrets) => secrets.every(isRelaySecret),
    "must be whsec_ and the base64 of 16 bytes or more, or 32 characters or more",
  );

/** One that begins with whsec_ and is no base64 would sign as other bytes here than in the sender's library. */
function isRelaySecret(text: string): boolean {
  if (!text.startsWith("whsec_")) return text.length >= 32;
  const encoded = text.slice("whsec_".length);
  const bytes = Buffer.from(encoded, "base64");
  return bytes.length >= 16 && bytes.toString("base64") === encoded;
}

export const signingSecret = z
  .string()
  .refine(isRelaySecret, "must be whsec_ and the base64 of 16 bytes or more, or 32 characters or more");

/** As it can stand in a header. */
export const metricsToken = z.string().regex(/^[\x21-\x7e]{16,}$/, "must be 16 characters or more, without spaces");

export const relayWays = list
  .refine((ways) => ways.length > 0 && new Set(ways).size === ways.length, "must name at least one way, each once")
  .pipe(z.array(oneOf(["signature", "bearer"])));

export const origins = list.refine(
  (all) => all.every((origin) => /^https?:/.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin),
  "must be origins such as https://app.example.com, without path or trailing slash",
);

export const proxies = z.union(
  [trueOrFalse, list.refine((all) => all.length > 0 && all.every(isAddressOrBlock))],
  "must be true, false, or the IP addresses of the proxies",
);

function isAddressOrBlock(text: string): boolean {
  const [address = "", bits, ...rest] = text.split("/");
  const version = isIP(address);
  if (!version || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}
