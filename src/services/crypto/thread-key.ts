import { createHash, hkdfSync, randomBytes } from "node:crypto";

/** Bytes of the salt that stands beside each sealed thread row. */
export const threadSaltBytes = 32;

/** 256 random bits as 43 base64url characters. The holder keeps it; the server stores only threadUserHash of it. */
export function newThreadSession(): string {
  return randomBytes(32).toString("base64url");
}

/** Whether this can be a thread session: 43 base64url characters. */
export function isThreadSession(value: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(value);
}

/** A fresh salt for one row, so that no two rows of a session share a key. */
export function newThreadSalt(): Buffer {
  return randomBytes(threadSaltBytes);
}

/**
 * The Fernet key of one row: HKDF-SHA256 of the session's 32 bytes under the row's salt. Whoever has the database, the
 * salt and every setting of the server still lacks the session.
 * @throws RangeError where the session is not one or the salt is shorter than 16 bytes; the message holds neither
 */
export function threadKey(session: string, salt: Buffer): Buffer {
  if (!isThreadSession(session)) throw new RangeError("A thread session is 43 base64url characters.");
  if (salt.length < 16) throw new RangeError("A thread salt is at least 16 bytes.");
  return Buffer.from(hkdfSync("sha256", Buffer.from(session, "base64url"), salt, "cloakroom thread", 32));
}

/** What a session is found by: `user_identifier_hash`, hex SHA-256 of the session's characters and DATABASE_SALT. */
export function threadUserHash(session: string, databaseSalt: string): string {
  return createHash("sha256")
    .update(session + databaseSalt, "utf8")
    .digest("hex");
}
