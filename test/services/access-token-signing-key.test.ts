import { createHmac, createPrivateKey, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { inspect } from "node:util";
import { CompactEncrypt, type JWK } from "jose";
import jsonwebtoken from "jsonwebtoken";
import { afterAll, describe, expect, test } from "vitest";
import { readSettings } from "../../src/config.js";
import { createAccessTokens } from "../../src/services/access-token.js";
import { loadConfig } from "../support/load-config.js";

const jwkOf = (namedCurve = "P-256"): JWK => ({
  ...(generateKeyPairSync("ec", { namedCurve }).privateKey.export({ format: "jwk" }) as JWK),
  kid: "3b8a6a0e-7f2c-4f4c-9a3e-1f1b1a4a8f10",
});
const jwk = { ...jwkOf(), alg: "ES256", use: "sig", key_ops: ["sign", "verify"], ext: true };
const SUPABASE_JWT_PRIVATE_KEY = JSON.stringify(jwk);
const secret = "a jwt secret of the tests: forty characters";
const signingKey = readSettings({ SUPABASE_JWT_PRIVATE_KEY }).supabaseJwtPrivateKey;
const tokens = createAccessTokens({ secret: null, signingKey, issuer: "cloakroom" });
const both = createAccessTokens({ secret, signingKey, issuer: "cloakroom" });
const bySecret = createAccessTokens({ secret, issuer: "cloakroom" });
const [userId, sessionId] = [randomUUID(), randomUUID()];

const directory = mkdtempSync(path.join(tmpdir(), "signing-key-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
async function resigned(header: object, by: (text: string) => Buffer): Promise<string> {
  const { claims } = await tokens.sign(userId, sessionId);
  const text = `${part({ typ: "JWT", kid: jwk.kid, ...header })}.${part(claims)}`;
  return `${text}.${by(text).toString("base64url")}`;
}
const by = (key: JWK, dsaEncoding: "ieee-p1363" | "der" = "ieee-p1363", hash = "sha256") => {
  const privateKey = createPrivateKey({ key: { ...key }, format: "jwk" });
  return (text: string) => sign(hash, Buffer.from(text), { key: privateKey, dsaEncoding });
};

describe("access tokens of a key that was imported into the project", () => {
  test("are ES256, name the key, hold the claims of the contract and are taken back", async () => {
    const { token, claims } = await tokens.sign(userId, sessionId);
    expect(jsonwebtoken.decode(token, { complete: true })?.header).toEqual({ alg: "ES256", typ: "JWT", kid: jwk.kid });
    const { iat } = claims;
    const of = { aud: "authenticated", role: "authenticated", sub: userId, session_id: sessionId };
    expect(jsonwebtoken.decode(token)).toEqual({ iss: "cloakroom", ...of, iat, exp: iat + 3600 });
    expect(await tokens.verify(token)).toEqual(claims);
    expect(await tokens.verify(await resigned({ alg: "ES256" }, by(jwk)))).toEqual(claims);
  });

  test("stand beside those of the secret only where it is set too", async () => {
    const { token } = await bySecret.sign(userId, sessionId);
    expect(await both.verify(token)).not.toBeNull();
    expect(await tokens.verify(token)).toBeNull();
    expect(await both.verify((await tokens.sign(userId, sessionId)).token)).not.toBeNull();
    expect(await bySecret.verify((await tokens.sign(userId, sessionId)).token)).toBeNull();
  });

  test("cannot be signed by anything but the private key", async () => {
    const hmac = (key: string | Buffer) => (text: string) => createHmac("sha256", key).update(text).digest();
    const { d, ...publicJwk } = jwk;
    const pem = String(signingKey?.publicKey.export({ format: "pem", type: "spki" }));
    const der = Buffer.from(pem.replace(/-.+?-\n/g, ""), "base64");
    const publicForms = [pem, pem.trim(), der, JSON.stringify(publicJwk), String(jwk.x), String(jwk.kid)];
    const forgeries = [
      ...publicForms.map((form) => resigned({ alg: "HS256" }, hmac(form))),
      ...publicForms.map((form) => resigned({ alg: "ES256" }, hmac(form))),
      resigned({ alg: "ES256" }, by(jwkOf())),
      resigned({ alg: "ES256", jwk: publicJwk }, by(jwk)),
      resigned({ alg: "ES256", kid: undefined }, by(jwk)),
      resigned({ alg: "ES256", kid: "another" }, by(jwk)),
      resigned({ alg: "ES256", kid: [jwk.kid] }, by(jwk)),
      resigned({ alg: "ES256" }, by(jwk, "der")),
      resigned({ alg: "ES256" }, by(jwk, "ieee-p1363", "sha512")),
      resigned({ alg: "ES256" }, () => Buffer.alloc(64)),
      resigned({ alg: "ES256" }, () => Buffer.alloc(0)),
      resigned({ alg: "ES256K" }, by(jwk)),
      resigned({ alg: "ES384" }, by(jwk)),
      resigned({ alg: "RS256" }, by(jwk)),
      resigned({ alg: "none" }, () => Buffer.alloc(0)),
    ];
    for (const token of await Promise.all(forgeries)) {
      expect(await tokens.verify(token), token).toBeNull();
      expect(await both.verify(token), token).toBeNull();
    }
  });
});

describe("SUPABASE_JWT_PRIVATE_KEY", () => {
  const refusal = (value: string) => {
    try {
      readSettings({ SUPABASE_JWT_PRIVATE_KEY: value });
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  const { d, ...publicOnly } = jwk;
  const { kid, ...nameless } = jwk;
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
  const wrong: [string, unknown, RegExp][] = [
    ["no JSON", "canary", /one JSON Web Key/],
    ["a PEM", "-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----", /one JSON Web Key/],
    ["a list of keys", [jwk], /one JSON Web Key/],
    ["a key set", { keys: [jwk] }, /one JSON Web Key/],
    ["null", null, /one JSON Web Key/],
    ["an encrypted key in JSON", { protected: "e30", ciphertext: "canary", iv: "", tag: "" }, /must not be encrypted/],
    ["the public half", publicOnly, /must be the private key/],
    ["another curve", jwkOf("P-384"), /curve P-256/],
    ["secp256k1", jwkOf("secp256k1"), /curve P-256/],
    ["another curve under P-256's name", { ...jwkOf("P-384"), crv: "P-256" }, /32 bytes/],
    ["an RSA key", rsa, /curve P-256/],
    ["a secret", { kty: "oct", k: "canary" }, /curve P-256/],
    ["another algorithm", { ...jwk, alg: "ES512" }, /curve P-256/],
    ["a key for encryption", { ...jwk, use: "enc" }, /for signing/],
    ["a key that may only verify", { ...jwk, key_ops: ["verify"] }, /for signing/],
    ["no kid", nameless, /kid/],
    ["an empty kid", { ...jwk, kid: "" }, /kid/],
    ["a kid that is no text", { ...jwk, kid: 1 }, /kid/],
    ["halves of two keys", { ...jwk, d: jwkOf().d }, /belongs to it/],
    ["a point that is on no curve", { ...jwk, x: Buffer.alloc(32, 1).toString("base64url") }, /belongs to it/],
    ["a private key of nought", { ...jwk, d: Buffer.alloc(32).toString("base64url") }, /belongs to it/],
    ["a short private key", { ...jwk, d: "AA" }, /32 bytes/],
    ["padding", { ...jwk, d: `${d}=` }, /32 bytes/],
  ];
  for (const [what, value, problem] of wrong)
    test(`is refused by name and without its value where it is ${what}`, () => {
      const message = refusal(typeof value === "string" ? value : JSON.stringify(value));
      expect(message).toMatch(/^The server cannot start: SUPABASE_JWT_PRIVATE_KEY must /);
      expect(message).toMatch(problem);
      for (const member of [d, jwk.x, "canary", String((value as JWK | null)?.d)])
        expect(message).not.toContain(member);
    });

  test("is refused where it is a JWE, as an encrypted key is written", async () => {
    const key = await new CompactEncrypt(Buffer.from(SUPABASE_JWT_PRIVATE_KEY))
      .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
      .encrypt(Buffer.alloc(32));
    expect(refusal(key)).toMatch(/SUPABASE_JWT_PRIVATE_KEY must not be encrypted/);
  });

  test("comes from a file too, and never shows where settings are printed", () => {
    const file = path.join(directory, "key.json");
    writeFileSync(file, `${JSON.stringify(jwk, null, 2)}\n`);
    const settings = readSettings({ SUPABASE_JWT_PRIVATE_KEY_FILE: file });
    expect(settings.supabaseJwtPrivateKey?.kid).toBe(kid);
    for (const text of [inspect(settings, { depth: 9 }), JSON.stringify(settings)]) expect(text).not.toContain(d);
  });

  test("stands in for SUPABASE_JWT_SECRET: production does not ask for it, and none is made", () => {
    const secrets = { DATABASE_SALT: secret, VAULT_ROOT_KEY: `${"A".repeat(43)}=`, RELAY_WEBHOOK_SECRET: secret };
    const production = { NODE_ENV: "production", ...secrets };
    const refused = (environment: Record<string, string>) => {
      try {
        return readSettings(environment) && "";
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(refused(production)).toContain("SUPABASE_JWT_SECRET");
    expect(refused({ ...production, SUPABASE_JWT_PRIVATE_KEY })).not.toContain("SUPABASE_JWT");
    expect(refused({ ...production, SUPABASE_JWT_PRIVATE_KEY: "{}" })).not.toContain("SUPABASE_JWT_SECRET");

    const folder = path.join(directory, "data");
    expect(loadConfig({ ...secrets, SUPABASE_JWT_PRIVATE_KEY }, folder).supabaseJwtSecret).toBeNull();
    expect(readdirSync(directory)).not.toContain("data");
    // Nor is one taken that an earlier start without the key had made.
    loadConfig({}, folder);
    expect(loadConfig({ SUPABASE_JWT_PRIVATE_KEY }, folder).supabaseJwtSecret).toBeNull();
    expect(loadConfig({ SUPABASE_JWT_PRIVATE_KEY, SUPABASE_JWT_SECRET: secret }, folder).supabaseJwtSecret).toBe(
      secret,
    );
  });
});
