import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject, sign, verify } from "node:crypto";
import { z } from "zod";

/** An ES256 key pair under the name by which others find its public half. Prints itself without the private one. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** One private key on P-256 as a JSON Web Key, in the form in which `supabase gen signing-key` writes it. */
export const signingKey = z.string().transform((text, context): SigningKey => {
  const key = parsed(text);
  const problem = problemOf(key) ?? problemOfPair(key);
  if (!problem) return pairOf(key);
  context.addIssue({ code: "custom", message: problem });
  return z.NEVER;
});

type Jwk = Readonly<Record<string, unknown>>;

/** A JSON error would quote the text around it, which is the key. */
function parsed(text: string): Jwk {
  try {
    const key: unknown = JSON.parse(text);
    return typeof key === "object" && key !== null && !Array.isArray(key) ? (key as Jwk) : {};
  } catch {
    // An encrypted key is five base64url parts, or JSON with a ciphertext.
    return /^[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+$/.test(text) ? { ciphertext: true } : {};
  }
}

function problemOf({ kty, crv, alg, use, key_ops, d, x, y, kid, ciphertext }: Jwk): string | null {
  if (ciphertext !== undefined) return "must not be encrypted";
  if (kty === undefined) return "must be one JSON Web Key, a JSON object";
  if (kty !== "EC" || crv !== "P-256" || (alg ?? "ES256") !== "ES256") return "must be an ES256 key on the curve P-256";
  if (d === undefined) return "must be the private key: this is its public half";
  const mayNotSign = Array.isArray(key_ops) && !key_ops.includes("sign");
  if ((use ?? "sig") !== "sig" || mayNotSign) return "must be a key for signing";
  if (![d, x, y].every(isCoordinate)) return "must hold d, x and y as 32 bytes in base64url each";
  if (typeof kid !== "string" || !/^[\x21-\x7e]{1,256}$/.test(kid))
    return "must have the kid that the project knows it by";
  return null;
}

const isCoordinate = (value: unknown): boolean =>
  typeof value === "string" && /^[\w-]{42}[AEIMQUYcgkosw048]$/.test(value);

/** OpenSSL takes halves that do not belong together, and whatever such a key signs nobody accepts. */
function problemOfPair(key: Jwk): string | null {
  try {
    const { privateKey, publicKey } = pairOf(key);
    const text = Buffer.from("cloakroom");
    if (verify("sha256", text, publicKey, sign("sha256", text, privateKey))) return null;
  } catch {
    // No point of the curve.
  }
  return "must hold a private key and the public half that belongs to it";
}

function pairOf({ kty, crv, x, y, d, kid }: Jwk): SigningKey {
  const publicHalf = { kty, crv, x, y } as JsonWebKey;
  return {
    kid: String(kid),
    privateKey: createPrivateKey({ key: { ...publicHalf, d } as JsonWebKey, format: "jwk" }),
    publicKey: createPublicKey({ key: publicHalf, format: "jwk" }),
  };
}
