import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

const versionByte = 0x80;
const headerBytes = 25;
const macBytes = 32;
const shortestTokenBytes = headerBytes + 16 + macBytes;
const clockSkewSeconds = 60;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A token, a key or a plaintext that does not fit. Its message never holds any of them, nor says which check failed. */
export class FernetError extends Error {
  override readonly name = "FernetError";
  constructor(message = "A sealed value cannot be opened.") {
    super(message);
  }
}

/**
 * Encrypts a text as a Fernet token (github.com/fernet/spec).
 * @param key 32 bytes: 16 to sign, 16 to encrypt
 * @param options `iv` of 16 bytes and `now` are for the published vectors alone
 * @returns URL-safe base64 with padding
 * @throws FernetError where the key or iv has another length, or the text a lone surrogate, which UTF-8 cannot hold
 */
export function encryptFernet(plaintext: string, key: Buffer, options: { iv?: Buffer; now?: Date } = {}): string {
  const iv = options.iv ?? randomBytes(16);
  if (key.length !== 32 || iv.length !== 16) throw new FernetError("A sealing key must be 32 bytes.");
  if (/\p{Surrogate}/u.test(plaintext)) throw new FernetError("A text with a lone surrogate cannot be sealed.");
  const header = Buffer.alloc(headerBytes);
  header.writeUInt8(versionByte, 0);
  header.writeBigUInt64BE(BigInt(epochSeconds(options.now)), 1);
  iv.copy(header, 9);
  const cipher = createCipheriv("aes-128-cbc", key.subarray(16), iv);
  const signed = Buffer.concat([header, cipher.update(plaintext, "utf8"), cipher.final()]);
  return base64Url(Buffer.concat([signed, mac(signed, key)]));
}

/**
 * Opens a Fernet token. Strict: one spelling of each token, and nothing is decrypted before its signature was compared.
 * @param key 32 bytes
 * @param options with `ttlSeconds` a token older than that at `now`, or over a minute ahead of it, is refused; without,
 *   time plays no part
 * @throws FernetError, the same for whatever is wrong
 */
export function decryptFernet(token: string, key: Buffer, options: { ttlSeconds?: number; now?: Date } = {}): string {
  const raw = Buffer.from(token, "base64url");
  const cipherBytes = raw.length - headerBytes - macBytes;
  if (key.length !== 32 || base64Url(raw) !== token || raw.length < shortestTokenBytes || cipherBytes % 16 !== 0)
    throw new FernetError();
  const signed = raw.subarray(0, -macBytes);
  if (raw[0] !== versionByte || !timingSafeEqual(mac(signed, key), raw.subarray(-macBytes))) throw new FernetError();
  if (!isFresh(raw, options.ttlSeconds, options.now)) throw new FernetError();
  try {
    const decipher = createDecipheriv("aes-128-cbc", key.subarray(16), raw.subarray(9, headerBytes));
    return utf8.decode(Buffer.concat([decipher.update(signed.subarray(headerBytes)), decipher.final()]));
  } catch {
    throw new FernetError();
  }
}

function isFresh(raw: Buffer, ttlSeconds: number | undefined, now: Date | undefined): boolean {
  if (ttlSeconds === undefined) return true;
  const issuedAt = Number(raw.readBigUInt64BE(1));
  const seconds = epochSeconds(now);
  return issuedAt + ttlSeconds >= seconds && issuedAt <= seconds + clockSkewSeconds;
}

function epochSeconds(now: Date = new Date()): number {
  return Math.floor(now.getTime() / 1000);
}

function mac(signed: Buffer, key: Buffer): Buffer {
  return createHmac("sha256", key.subarray(0, 16)).update(signed).digest();
}

function base64Url(bytes: Buffer): string {
  return bytes.toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}
