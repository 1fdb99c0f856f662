import { createHmac } from "node:crypto";
import type { ServerResponse } from "node:http";
import { exportSPKI, importJWK, type KeyObject } from "jose";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type AccessTokens, createAccessTokens } from "../../src/services/access-token.js";
import { type Issuer, makeProjectKey, type ProjectKey, startIssuer } from "../support/supabase-auth.js";

const secret = "a jwt secret of the tests: forty characters";
let issuer: Issuer;
let tokens: AccessTokens;
beforeEach(async () => {
  issuer = await startIssuer();
  tokens = createAccessTokens({ secret, issuer: issuer.issuer, keySetUrl: issuer.keySetUrl });
});
afterEach(async () => {
  vi.useRealTimers();
  await issuer.close();
});

const isTaken = async (token: string) => (await tokens.verify(token)) !== null;
const tokenOf = async (key: ProjectKey, header = {}) => key.sign(issuer.claims(), header);
const later = (milliseconds: number) => vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + milliseconds });

describe("tokens that Supabase Auth signed with a key of its own", () => {
  test("are taken by the keys that the project publishes, asked for once", async () => {
    const keys = await Promise.all(["ES256", "RS256", "EdDSA"].map((alg) => makeProjectKey(alg)));
    issuer.publish(...keys);
    const claims = issuer.claims({ phone: "14155550100" });
    const { iss, aud, role, sub, session_id, iat, exp, aal, phone, is_anonymous } = claims;
    const kept = { iss, aud, role, sub, session_id, iat, exp, aal, phone, is_anonymous };
    const taken = await Promise.all(
      keys.flatMap((key) => [1, 2, 3].map(async () => tokens.verify(await key.sign(claims)))),
    );
    expect(taken).toEqual(Array.from({ length: 9 }, () => kept));
    expect(issuer.asked).toEqual(["/auth/v1/.well-known/jwks.json"]);
  });

  test("are refused where any claim is", async () => {
    const key = await makeProjectKey();
    issuer.publish(key);
    const now = Math.floor(Date.now() / 1000);
    for (const wrong of [
      { iss: "https://evil.example.com/auth/v1" },
      { aud: "anon" },
      { role: "anon" },
      { role: "service_role" },
      { sub: undefined },
      { session_id: undefined },
      { exp: now - 1 },
      { exp: undefined },
      { nbf: now + 600 },
      { is_anonymous: true },
    ])
      expect(await isTaken(await key.sign(issuer.claims(wrong))), JSON.stringify(wrong)).toBe(false);
  });

  test("outlive the rotation of keys: a new one is found, and one that was withdrawn is forgotten with the next look", async () => {
    const [old, next] = [await makeProjectKey(), await makeProjectKey()];
    issuer.publish(old);
    expect(await isTaken(await tokenOf(old))).toBe(true);
    issuer.publish(next);
    expect(await isTaken(await tokenOf(next))).toBe(false);
    later(30_001);
    expect(await isTaken(await tokenOf(next))).toBe(true);
    expect(await isTaken(await tokenOf(old))).toBe(false);
    expect(issuer.asked).toHaveLength(2);
  });

  test("are refused within ten minutes after their key was withdrawn, whether or not another came", async () => {
    const old = await makeProjectKey();
    issuer.publish(old);
    expect(await isTaken(await tokenOf(old))).toBe(true);
    issuer.publish();
    later(600_001);
    expect(await isTaken(await tokenOf(old))).toBe(false);
  });

  test("that name keys nobody knows make it ask once in half a minute, however many they are", async () => {
    const [known, ...unknown] = await Promise.all(Array.from({ length: 12 }, () => makeProjectKey()));
    if (!known) throw new Error("no key");
    issuer.publish(known);
    const flood = async () => {
      for (const key of unknown) expect(await isTaken(await tokenOf(key))).toBe(false);
      await Promise.all(unknown.map(async (key) => expect(await isTaken(await tokenOf(key))).toBe(false)));
    };
    await flood();
    expect(issuer.asked).toHaveLength(1);
    later(30_001);
    await flood();
    expect(issuer.asked).toHaveLength(2);
    expect(await isTaken(await tokenOf(known))).toBe(true);
  });

  test("may choose among published keys and nothing else", async () => {
    const [key, evil] = [await makeProjectKey(), await makeProjectKey()];
    const elsewhere = await startIssuer();
    elsewhere.publish(evil);
    issuer.publish(key, await makeProjectKey("ES384", "p-384"), await makeProjectKey("RS256", "rsa"));
    expect(await isTaken(await tokenOf(key))).toBe(true);
    const claims = issuer.claims();
    const evilHeaders = [
      { jku: elsewhere.keySetUrl.href },
      { kid: evil.kid, jku: elsewhere.keySetUrl.href },
      { jwk: evil.publicJwk },
      { x5u: `${elsewhere.url}/cert.pem` },
      { x5c: ["MIIB"] },
      { kid: key.kid },
      { kid: "rsa" },
      { kid: "p-384" },
      { kid: elsewhere.keySetUrl.href },
      { kid: "../../../../dev/null" },
      { kid: "' or 1=1 --" },
      { kid: "__proto__" },
      { kid: "" },
      { kid: "k".repeat(1000) },
    ];
    for (const header of evilHeaders)
      expect(await isTaken(await evil.sign(claims, header)), JSON.stringify(header)).toBe(false);
    expect(await isTaken(await key.sign(claims, { kid: undefined }))).toBe(false);
    expect(await isTaken(await key.sign(claims, { jku: issuer.keySetUrl.href }))).toBe(false);
    const other = await makeProjectKey("ES384", key.kid);
    expect(await isTaken(await other.sign(claims))).toBe(false);
    expect([elsewhere.asked, issuer.asked.length]).toEqual([[], 1]);
    await elsewhere.close();
  });

  test("never pass with a published key as the secret, nor by a secret that was published", async () => {
    const key = await makeProjectKey("RS256");
    const published = Buffer.from("a secret that stands in a key set by mistake");
    const oct = { kty: "oct", k: published.toString("base64url"), kid: "oct", alg: "HS256" };
    const body = JSON.stringify({ keys: [key.publicJwk, oct] });
    issuer.answerWith((_, response) => void response.end(body));
    const spki = await exportSPKI((await importJWK(key.publicJwk, "RS256")) as KeyObject);
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    for (const secretKey of [spki, spki.trim(), JSON.stringify(key.publicJwk), String(key.publicJwk.n), published])
      for (const alg of ["HS256", "HS384", "HS512", "RS256", "ES256"])
        for (const kid of [key.kid, "oct"]) {
          const text = `${part({ alg, typ: "JWT", kid })}.${part(issuer.claims())}`;
          const hash = alg.replace(/^../, "sha");
          const token = `${text}.${createHmac(hash, secretKey).update(text).digest("base64url")}`;
          expect(await isTaken(token), `${alg} ${kid}`).toBe(false);
        }
    expect(await isTaken(await tokenOf(key))).toBe(true);
  });
});

describe("a project whose keys cannot be had", () => {
  const html = (response: ServerResponse) => response.setHeader("content-type", "text/html").end("<h1>Sorry</h1>");
  const answers: [string, (response: ServerResponse, key: object) => unknown][] = [
    ["fails", (response) => response.writeHead(500).end("{}")],
    ["asks for a key", (response, key) => response.writeHead(401).end(JSON.stringify({ keys: [key] }))],
    ["answers HTML", html],
    ["answers nothing", (response) => response.end()],
    ["answers null", (response) => response.end("null")],
    ["answers no key set", (response, key) => response.end(JSON.stringify([key]))],
    ["answers keys that are none", (response, key) => response.end(JSON.stringify({ keys: { 0: key } }))],
    [
      "answers more than a key set",
      (response, key) => response.end(JSON.stringify({ filler: "x".repeat(70_000), keys: [key] })),
    ],
    ["answers without end", (response) => void setInterval(() => response.write("x".repeat(30_000)), 1).unref()],
    ["hangs up", (response) => response.destroy()],
    [
      "breaks off",
      (response, key) => {
        response.writeHead(200, { "content-length": "100000" }).write(JSON.stringify({ keys: [key] }));
        setTimeout(() => response.destroy(), 20);
      },
    ],
  ];
  for (const [what, answer] of answers)
    test(`that ${what} refuses its own tokens alone, and is asked again after a while`, async () => {
      const key = await makeProjectKey();
      issuer.answerWith((_, response) => void answer(response, key.publicJwk));
      const token = await tokenOf(key);
      expect(await isTaken(token)).toBe(false);
      expect(await isTaken(token)).toBe(false);
      expect(issuer.asked).toHaveLength(1);
      expect(await isTaken((await tokens.sign(crypto.randomUUID(), crypto.randomUUID())).token)).toBe(true);
      issuer.publish(key);
      later(5_001);
      expect(await isTaken(token)).toBe(true);
    });

  test("that redirects is not followed", async () => {
    const key = await makeProjectKey();
    const elsewhere = await startIssuer();
    elsewhere.publish(key);
    for (const status of [301, 302, 303, 307, 308]) {
      const asking = createAccessTokens({ secret, issuer: issuer.issuer, keySetUrl: issuer.keySetUrl });
      issuer.answerWith((_, response) => void response.writeHead(status, { location: elsewhere.keySetUrl.href }).end());
      expect(await asking.verify(await tokenOf(key)), String(status)).toBeNull();
    }
    expect(elsewhere.asked).toEqual([]);
    await elsewhere.close();
  });

  test("that never answers keeps its own tokens waiting for three seconds, and others not at all", async () => {
    issuer.answerWith(() => undefined);
    const begun = Date.now();
    let isOver = false;
    const waiting = makeProjectKey()
      .then(tokenOf)
      .then(isTaken)
      .finally(() => {
        isOver = true;
      });
    const { token } = await tokens.sign(crypto.randomUUID(), crypto.randomUUID());
    for (let times = 0; times < 50; times++) expect(await isTaken(token)).toBe(true);
    expect(isOver).toBe(false);
    expect(await waiting).toBe(false);
    expect(Date.now() - begun).toBeLessThan(10_000);
  });

  test("that is gone is no harm to tokens of keys that are known", async () => {
    const key = await makeProjectKey();
    issuer.publish(key);
    expect(await isTaken(await tokenOf(key))).toBe(true);
    await issuer.goAway();
    later(60_000);
    expect(await isTaken(await tokenOf(await makeProjectKey()))).toBe(false);
    expect(await isTaken(await tokenOf(key))).toBe(true);
  });

  test("is asked for nothing by tokens of other algorithms, malformed ones or our own", async () => {
    const key = await makeProjectKey("ES384");
    for (const token of [
      "",
      "a.b.c",
      "..",
      await tokenOf(key),
      `${await tokenOf(key)}.x.y`,
      await tokenOf(key, { kid: undefined }),
    ])
      expect(await isTaken(token)).toBe(false);
    await isTaken((await tokens.sign(crypto.randomUUID(), crypto.randomUUID())).token);
    expect(issuer.asked).toEqual([]);
  });

  test("is asked for nothing where no project is named", async () => {
    const key = await makeProjectKey();
    issuer.publish(key);
    const alone = createAccessTokens({ secret, issuer: issuer.issuer });
    expect(await alone.verify(await tokenOf(key))).toBeNull();
    expect(issuer.asked).toEqual([]);
  });
});
