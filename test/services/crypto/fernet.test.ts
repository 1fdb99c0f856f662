import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { decryptFernet, encryptFernet, FernetError } from "../../../src/services/crypto/fernet.js";
import {
  awkwardTexts,
  bitFlips,
  fernetSpec,
  otherDecrypt,
  otherEncrypt,
  respellings,
  specKey,
} from "../../support/fernet-spec.js";

const key = randomBytes(32);
const canary = "canary-plaintext-5d1f";

describe("Fernet tokens", () => {
  it.each(fernetSpec.generate)(
    "are byte for byte those of the specification: $src",
    ({ secret, iv, now, src, token }) => {
      expect(encryptFernet(src, specKey(secret), { iv: Buffer.from(iv), now: new Date(now) })).toBe(token);
    },
  );

  it.each(fernetSpec.verify)("of the specification open: $src", ({ secret, now, ttl_sec, src, token }) => {
    expect(decryptFernet(token, specKey(secret), { ttlSeconds: ttl_sec, now: new Date(now) })).toBe(src);
  });

  it.each(fernetSpec.invalid)(
    "that the specification calls invalid are refused: $desc",
    ({ secret, now, ttl_sec, token }) => {
      const open = () => decryptFernet(token, specKey(secret), { ttlSeconds: ttl_sec, now: new Date(now) });
      expect(open).toThrow(FernetError);
    },
  );

  it.each(awkwardTexts)("go both ways with npm fernet: text %#", (text) => {
    expect(decryptFernet(encryptFernet(text, key), key)).toBe(text);
    expect(decryptFernet(otherEncrypt(text, key), key)).toBe(text);
    expect(otherDecrypt(encryptFernet(text, key), key)).toBe(text);
  });

  it("keep a leading byte order mark, which a text decoder would drop", () => {
    expect(decryptFernet(encryptFernet("\ufeffx", key), key)).toBe("\ufeffx");
  });

  it("differ each time, even of the same text", () => {
    expect(encryptFernet(canary, key)).not.toBe(encryptFernet(canary, key));
  });

  it("do not open when one bit of any byte is flipped", () => {
    const flips = bitFlips(encryptFernet(canary, key));
    expect(flips.length).toBeGreaterThan(73);
    for (const token of flips) expect(() => decryptFernet(token, key)).toThrow(FernetError);
  });

  it("have one spelling: stray bits, junk, missing padding and the other alphabet are refused", () => {
    const tokens = Array.from({ length: 40 }, (_, index) => encryptFernet("x".repeat(index), key));
    for (const spelling of tokens.flatMap(respellings))
      expect(() => decryptFernet(spelling, key), JSON.stringify(spelling)).toThrow(FernetError);
  });

  it("do not expire unless asked to", () => {
    const token = encryptFernet(canary, key, { now: new Date("1990-01-01") });
    expect(decryptFernet(token, key)).toBe(canary);
    expect(() => decryptFernet(token, key, { ttlSeconds: 60 })).toThrow(FernetError);
  });

  it("are not made or opened under a key of another length", () => {
    const token = encryptFernet(canary, key);
    for (const wrong of [Buffer.alloc(0), key.subarray(0, 31), Buffer.concat([key, key])]) {
      expect(() => encryptFernet(canary, wrong)).toThrow(FernetError);
      expect(() => decryptFernet(token, wrong)).toThrow(FernetError);
    }
  });

  it("are not made of a lone surrogate, which would come back as another character", () => {
    expect(() => encryptFernet("a\ud800b", key)).toThrow(FernetError);
    expect(decryptFernet(encryptFernet("🔐", key), key)).toBe("🔐");
  });

  it("fail with one message that holds neither token, key nor text", () => {
    const token = encryptFernet(canary, key);
    const messages = [token.slice(1), "", "%%%", token, otherEncrypt(canary, key).replace("A", "B")].map((given) => {
      try {
        return decryptFernet(given, randomBytes(32));
      } catch (error) {
        return JSON.stringify({ ...(error as Error), text: String(error), cause: (error as Error).cause });
      }
    });
    expect(new Set(messages)).toEqual(
      new Set(['{"name":"FernetError","text":"FernetError: A sealed value cannot be opened."}']),
    );
  });
});
