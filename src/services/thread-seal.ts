import { decryptFernet, encryptFernet, FernetError } from "./crypto/fernet.js";
import { newThreadSalt, threadKey } from "./crypto/thread-key.js";
import { DomainError } from "./errors.js";

/** A value as the database holds it: a Fernet token, and the salt (base64url) of its key. */
export interface SealedForThread {
  readonly token: string;
  readonly salt: string;
}

/** Seals a value under a key of its own that only the session derives. */
export function sealForThread(session: string, plaintext: string): SealedForThread {
  const salt = newThreadSalt();
  return { token: encryptFernet(plaintext, threadKey(session, salt)), salt: salt.toString("base64url") };
}

/** @throws INTERNAL_SERVER_ERROR where the stored token is not one that this session sealed */
export function openForThread(session: string, { token, salt }: SealedForThread): string {
  try {
    return decryptFernet(token, threadKey(session, Buffer.from(salt, "base64url")));
  } catch (error) {
    if (!(error instanceof FernetError || error instanceof RangeError)) throw error;
    throw new DomainError("INTERNAL_SERVER_ERROR", "What is stored for this thread session cannot be opened.");
  }
}
