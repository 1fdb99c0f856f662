import { createHmac } from "node:crypto";
import jsonwebtoken from "jsonwebtoken";
import { describe, expect, test } from "vitest";
import { createAccessTokens } from "../../src/services/access-token.js";

const secret = "a jwt secret of the tests, forty characters";
const userId = "6f1c9a53-2d0e-4a52-8f57-0d7f7c5a1b11";
const sessionId = "0b9d4e0e-7a65-4f64-9a0e-3f3a0a3f9c22";
const now = 1_780_000_000;
const tokens = createAccessTokens({ secret, issuer: "cloakroom", clock: () => now * 1000 });

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
/** Signed by hand, so that jsonwebtoken's own checks on signing do not get in the way. */
function forged(payload: unknown, header: unknown = { alg: "HS256", typ: "JWT" }, key = secret): string {
  const signed = `${encoded(header)}.${encoded(payload)}`;
  return `${signed}.${createHmac("sha256", key).update(signed).digest("base64url")}`;
}
const good = {
  iss: "cloakroom",
  aud: "authenticated",
  role: "authenticated",
  sub: userId,
  session_id: sessionId,
  iat: now,
  exp: now + 3600,
};
const without = (claim: keyof typeof good) =>
  Object.fromEntries(Object.entries(good).filter(([name]) => name !== claim));

describe("access tokens", () => {
  test("hold exactly the claims of the contract and last an hour", async () => {
    const { token, claims } = await tokens.sign(userId, sessionId);
    expect(jsonwebtoken.decode(token)).toEqual(good);
    expect(jsonwebtoken.decode(token, { complete: true })?.header).toEqual({ alg: "HS256", typ: "JWT" });
    expect(claims).toEqual(good);
  });

  test("are taken back, also in the form that Supabase gives them", async () => {
    expect(await tokens.verify((await tokens.sign(userId, sessionId)).token)).toEqual(good);
    const supabase = { ...good, email: "a@example.com", app_metadata: { provider: "phone" } };
    expect(await tokens.verify(forged(supabase, { alg: "HS256", typ: "JWT", kid: "1" }))).toEqual(good);
  });

  test("of Supabase Auth keep of their further claims how sure it is, and the phone; anonymous users are refused", async () => {
    const supabase = { ...good, aal: "aal2", phone: "14155550100", email: "a@example.com", is_anonymous: false };
    const kept = { ...good, aal: "aal2", phone: "14155550100", is_anonymous: false };
    expect(await tokens.verify(forged(supabase))).toEqual(kept);
    expect(await tokens.verify(forged({ ...supabase, phone: "" }))).not.toHaveProperty("phone");
    expect(await tokens.verify(forged({ ...good, phone: "14155550100" }))).toEqual(good);
    for (const wrong of [{ is_anonymous: true }, { is_anonymous: "false" }, { aal: 1 }, { aal: "" }, { aal: null }])
      expect(await tokens.verify(forged({ ...supabase, ...wrong })), JSON.stringify(wrong)).toBeNull();
  });

  test("end after an hour, to the second", async () => {
    const { token } = await tokens.sign(userId, sessionId);
    const at = (seconds: number) =>
      createAccessTokens({ secret, issuer: "cloakroom", clock: () => (now + seconds) * 1000 }).verify(token);
    expect(await at(3599)).toEqual(good);
    expect(await at(3600)).toBeNull();
  });

  test("of another secret or issuer are refused", async () => {
    expect(await createAccessTokens({ secret: `${secret}.`, issuer: "cloakroom" }).verify(forged(good))).toBeNull();
    const other = createAccessTokens({ secret, issuer: "https://x.supabase.co/auth/v1", clock: () => now * 1000 });
    expect(await other.verify(forged(good))).toBeNull();
    expect(await other.verify(forged({ ...good, iss: "https://x.supabase.co/auth/v1" }))).not.toBeNull();
  });

  for (const claim of ["iss", "aud", "role", "sub", "session_id", "iat", "exp"] as const)
    test(`without ${claim} are refused`, async () => expect(await tokens.verify(forged(without(claim)))).toBeNull());

  const wrong: [string, Record<string, unknown>][] = [
    ["the service role", { role: "service_role" }],
    ["another audience", { aud: "anon" }],
    ["several audiences", { aud: ["authenticated", "anon"] }],
    ["a sub that is no uuid", { sub: "' or 1=1" }],
    ["an upper-case sub", { sub: userId.toUpperCase() }],
    ["a session_id that is no uuid", { session_id: "1" }],
    ["a session_id that is an object", { session_id: { eq: sessionId } }],
    ["an exp in words", { exp: String(now + 3600) }],
    ["an exp that is passed", { exp: now - 1 }],
    ["an exp before iat", { iat: now + 30, exp: now + 20 }],
    ["an iat in the future", { iat: now + 120, exp: now + 3600 }],
    ["an iat in words", { iat: "now" }],
    ["an nbf in the future", { nbf: now + 600 }],
    ["an nbf in words", { nbf: "now" }],
  ];
  for (const [what, claims] of wrong)
    test(`with ${what} are refused`, async () =>
      expect(await tokens.verify(forged({ ...good, ...claims }))).toBeNull());

  const headers: [string, unknown][] = [
    ["alg none", { alg: "none", typ: "JWT" }],
    ["alg HS512", { alg: "HS512", typ: "JWT" }],
    ["alg RS256", { alg: "RS256", typ: "JWT" }],
    ["alg in another case", { alg: "hs256", typ: "JWT" }],
    ["no alg", { typ: "JWT" }],
    ["a key of its own", { alg: "HS256", typ: "JWT", jwk: { kty: "oct", k: "AA" } }],
    ["an address of keys", { alg: "HS256", typ: "JWT", jku: "https://evil.example.com/jwks.json" }],
    ["a certificate's address", { alg: "HS256", typ: "JWT", x5u: "https://evil.example.com/x.pem" }],
    ["a kid that is no text", { alg: "HS256", typ: "JWT", kid: { a: 1 } }],
    ["a header that is a list", [{ alg: "HS256", typ: "JWT" }]],
    ["a critical extension", { alg: "HS256", typ: "JWT", crit: ["exp"] }],
    ["another typ", { alg: "HS256", typ: "refresh+jwt" }],
  ];
  for (const [what, header] of headers)
    test(`with ${what} in the header are refused`, async () =>
      expect(await tokens.verify(forged(good, header))).toBeNull());

  test("have one writing, and another encoding of the same bytes is refused", async () => {
    const token = forged(good);
    const [header = "", payload = "", signature = ""] = token.split(".");
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const last = alphabet.indexOf(signature.at(-1) ?? "");
    const sameBytes = signature.slice(0, -1) + alphabet[last ^ 1];
    expect(Buffer.from(sameBytes, "base64url")).toEqual(Buffer.from(signature, "base64url"));
    const writings = [
      `${header}.${payload}.${sameBytes}`,
      `${token}=`,
      `${token}.`,
      `${token}.${signature}`,
      ` ${token}`,
      `${token}\n`,
      `${header}.${payload}.`,
      `${header}.${payload}`,
      `${header}..${signature}`,
      "",
      ".",
      "..",
      "null",
    ];
    for (const writing of writings) expect(await tokens.verify(writing), JSON.stringify(writing)).toBeNull();
  });

  test("with any one character changed are refused", async () => {
    const { token } = await tokens.sign(userId, sessionId);
    for (let place = 0; place < token.length; place++) {
      const changed = `${token.slice(0, place)}${token[place] === "A" ? "B" : "A"}${token.slice(place + 1)}`;
      expect(await tokens.verify(changed)).toBeNull();
    }
  });

  test("over 8 KiB, or with a payload that is no object, are refused", async () => {
    expect(await tokens.verify(forged({ ...good, filler: "x".repeat(5000) }))).toEqual(good);
    expect(await tokens.verify(forged({ ...good, filler: "x".repeat(8192) }))).toBeNull();
    for (const payload of [null, 1, "text", [good]]) expect(await tokens.verify(forged(payload))).toBeNull();
  });
});
