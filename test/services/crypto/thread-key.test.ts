import { createHash, hkdfSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { decryptFernet, encryptFernet, FernetError } from "../../../src/services/crypto/fernet.js";
import {
  isThreadSession,
  newThreadSalt,
  newThreadSession,
  threadKey,
  threadUserHash,
} from "../../../src/services/crypto/thread-key.js";

describe("thread sessions", () => {
  it("are 43 base64url characters of 256 bits, never the same twice", () => {
    const sessions = Array.from({ length: 1000 }, newThreadSession);
    expect(new Set(sessions).size).toBe(1000);
    expect(sessions.every(isThreadSession)).toBe(true);
    expect(Buffer.from(sessions[0] as string, "base64url")).toHaveLength(32);
  });

  it.each(["", "a".repeat(42), "a".repeat(44), `${"a".repeat(42)}+`, `${"a".repeat(42)}=`, `${"a".repeat(43)}\n`])(
    "are nothing else: %j",
    (value) => {
      expect(isThreadSession(value)).toBe(false);
      expect(() => threadKey(value, newThreadSalt())).toThrow(RangeError);
    },
  );

  it("are found by hex SHA-256 of session and salt", () => {
    const session = newThreadSession();
    expect(threadUserHash(session, "salt")).toBe(createHash("sha256").update(`${session}salt`).digest("hex"));
  });
});

describe("a thread row's key", () => {
  it("is HKDF-SHA256 of the session's bytes under the row's salt, 32 bytes", () => {
    const session = newThreadSession();
    const salt = newThreadSalt();
    const expected = hkdfSync("sha256", Buffer.from(session, "base64url"), salt, "cloakroom thread", 32);
    expect(threadKey(session, salt).equals(Buffer.from(expected))).toBe(true);
  });

  it("opens its own row and neither another row nor another session's", () => {
    const [session, salt] = [newThreadSession(), newThreadSalt()];
    const token = encryptFernet("canary", threadKey(session, salt));
    expect(decryptFernet(token, threadKey(session, salt))).toBe("canary");
    expect(() => decryptFernet(token, threadKey(session, newThreadSalt()))).toThrow(FernetError);
    expect(() => decryptFernet(token, threadKey(newThreadSession(), salt))).toThrow(FernetError);
  });

  it("is not made under a short salt", () => {
    expect(() => threadKey(newThreadSession(), Buffer.alloc(15))).toThrow(RangeError);
  });
});
