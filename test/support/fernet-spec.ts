import fernet from "fernet";
import generate from "./fernet-spec/generate.json" with { type: "json" };
import invalid from "./fernet-spec/invalid.json" with { type: "json" };
import verify from "./fernet-spec/verify.json" with { type: "json" };

/** The published vectors of github.com/fernet/spec. */
export const fernetSpec = { generate, invalid, verify };

/** The 32 bytes of a vector's `secret`. */
export function specKey(secret: string): Buffer {
  return Buffer.from(secret, "base64url");
}

/** Texts that break naive implementations: empty, block sizes and their neighbours, other scripts, long. */
export const awkwardTexts = [
  "",
  "a",
  "x".repeat(15),
  "x".repeat(16),
  "x".repeat(17),
  "naïve ☃ 🔐\n\t",
  "k".repeat(5000),
];

/** What npm `fernet` makes of a text. */
export function otherEncrypt(plaintext: string, key: Buffer): string {
  return new fernet.Token({ secret: new fernet.Secret(padded(key)), ttl: 0 }).encode(plaintext);
}

/** How npm `fernet` reads a token; ttl 0, or it would "expire". */
export function otherDecrypt(token: string, key: Buffer): string {
  return new fernet.Token({ secret: new fernet.Secret(padded(key)), token, ttl: 0 }).decode();
}

function padded(key: Buffer): string {
  return `${key.toString("base64url")}=`;
}

/** Every token that differs from this one in a single bit of one byte, one for each byte. */
export function bitFlips(token: string): string[] {
  const raw = Buffer.from(token, "base64url");
  return Array.from(raw, (byte, index) => {
    const flipped = Buffer.from(raw);
    flipped[index] = byte ^ (1 << (index % 8));
    return flipped.toString("base64").replaceAll("+", "-").replaceAll("/", "_");
  });
}

/** The token in spellings that a lenient base64 reader takes for the same. */
export function respellings(token: string): string[] {
  return [
    token.replace(/=+$/, ""),
    `${token}=`,
    `${token}\n`,
    ` ${token}`,
    `${token.slice(0, 40)}\n${token.slice(40)}`,
    `${token.slice(0, 40)}!${token.slice(40)}`,
    token.replaceAll("-", "+").replaceAll("_", "/"),
    withStrayBit(token),
  ].filter((spelling) => spelling !== token);
}

/** Sets a bit that the last character carries and no byte uses. */
function withStrayBit(token: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const last = token.replace(/=+$/, "").length - 1;
  if (!token.endsWith("=")) return token;
  return token.slice(0, last) + alphabet[alphabet.indexOf(token[last] as string) ^ 1] + token.slice(last + 1);
}
