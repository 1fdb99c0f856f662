import { createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Person, startTestServer, type TestServer } from "../../support/server.js";
import { type Issuer, makeProjectKey, type ProjectKey, startIssuer } from "../../support/supabase-auth.js";
import { canary } from "./hostile-values.js";
import { badLines, fingerprints } from "./traces.js";

type Members = Readonly<Record<string, unknown>>;

const kid = randomUUID();
const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
const jwk = { ...pair.privateKey.export({ format: "jwk" }), kid };
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const secret = "test-jwt-secret-of-forty-characters-0123";

let issuer: Issuer;
let elsewhere: Issuer;
let server: TestServer;
let person: Person;
let projectKey: ProjectKey;
let evilKey: ProjectKey;
let before: Record<string, string>;
beforeAll(async () => {
  [issuer, elsewhere] = [await startIssuer(), await startIssuer()];
  projectKey = await makeProjectKey("RS256");
  evilKey = await makeProjectKey();
  issuer.publish(projectKey);
  elsewhere.publish(evilKey);
  server = await startTestServer({
    SUPABASE_URL: issuer.url,
    DATABASE_DRIVER: "postgres",
    DATABASE_URL: "postgres://unused.invalid/db",
    SUPABASE_JWT_SECRET: secret,
    SUPABASE_JWT_PRIVATE_KEY: JSON.stringify(jwk),
  });
  person = await server.signIn();
  before = await fingerprints(server.admin);
});
afterAll(async () => {
  await Promise.all([server.close(), issuer.close(), elsewhere.close()]);
});

const now = () => Math.floor(Date.now() / 1000);
/** Of somebody who is signed in: whatever is refused is refused for the one thing that is wrong. */
const good = (): Record<string, unknown> => ({
  iss: issuer.issuer,
  aud: "authenticated",
  role: "authenticated",
  sub: person.userId,
  session_id: person.sessionId,
  iat: now(),
  exp: now() + 600,
});
const part = (value: unknown) =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
const hmac = (text: string, key: string | Buffer = secret, hash = "sha256") =>
  createHmac(hash, key).update(text).digest("base64url");
const es256 = (text: string, key: KeyObject = pair.privateKey, dsaEncoding: "ieee-p1363" | "der" = "ieee-p1363") =>
  sign("sha256", Buffer.from(text), { key, dsaEncoding }).toString("base64url");

/** By the shared secret, right in all that is not said. */
function shared(claims: unknown, header: Members = {}, key: string | Buffer = secret, hash = "sha256"): string {
  const text = `${part({ alg: "HS256", typ: "JWT", ...header })}.${part(claims)}`;
  return `${text}.${hmac(text, key, hash)}`;
}
function own(claims: unknown, header: Members = {}, signed = es256): string {
  const text = `${part({ alg: "ES256", typ: "JWT", kid, ...header })}.${part(claims)}`;
  return `${text}.${signed(text)}`;
}

/** The two ways in which a token comes. */
const asBearer = (token: string) => ({ authorization: `Bearer ${token}` });
const asCookie = (token: string) => ({ cookie: `cloakroom-session=${token}` });

/** What each door answers to whoever sends these. */
async function answersTo(headers: Record<string, string>) {
  const ask = (query: string) => server.graphql<Record<string, unknown>>(query, {}, { headers });
  const [me, session, write] = await Promise.all([
    ask("{ me { id } }"),
    ask("{ session { id } }"),
    ask(`mutation { createOrganization(input: { name: "${canary}" }) { id } }`),
  ]);
  return { me: me.code, session: session.data?.session, write: write.code };
}
const nobody = { me: "UNAUTHENTICATED", session: null, write: "UNAUTHENTICATED" };
async function expectNobody(tokens: Readonly<Record<string, string | Promise<string>>>): Promise<void> {
  for (const [what, token] of Object.entries(tokens)) {
    expect(await answersTo(asBearer(await token)), what).toEqual(nobody);
    const cookie = asCookie(await token);
    const { data } = await server.graphql<{ csrfToken: string }>("{ csrfToken }", {}, { headers: cookie });
    const headers = { ...cookie, "x-csrf-token": data.csrfToken };
    expect(await answersTo(headers), `${what}, as a cookie`).toEqual(nobody);
  }
}

describe("a token, as bearer and as cookie,", () => {
  it("that is right in all is somebody, however it is signed: what follows is refused for what is wrong in it", async () => {
    for (const token of [person.token, shared(good()), own(good()), await projectKey.sign(good())])
      for (const headers of [asBearer(token), asCookie(token)])
        expect((await server.graphql<{ me: object }>("{ me { id } }", {}, { headers })).data.me).toEqual({
          id: person.userId,
        });
  });

  it("without signature is nobody's, whatever the spelling of none", async () => {
    const spellings = ["none", "None", "NONE", "nOnE", "none ", " none", "", "null", "n\u0000one", "HS256,none"];
    const odd = [null, false, 0, [], ["none"], ["HS256"], {}, undefined];
    const tokens: Record<string, string> = {};
    for (const alg of [...spellings, ...odd])
      for (const signature of ["", "AA", hmac(`${part({ alg, typ: "JWT" })}.${part(good())}`)])
        tokens[`alg ${JSON.stringify(alg)} with "${signature}"`] =
          `${part({ alg, typ: "JWT" })}.${part(good())}.${signature}`;
    await expectNobody(tokens);
  });

  it("of another algorithm than its key's is nobody's", async () => {
    const text = (alg: string) => `${part({ alg, typ: "JWT", kid })}.${part(good())}`;
    await expectNobody({
      HS384: shared(good(), { alg: "HS384" }, secret, "sha384"),
      HS512: shared(good(), { alg: "HS512" }, secret, "sha512"),
      "HS256 by SHA-512": shared(good(), {}, secret, "sha512"),
      hs256: shared(good(), { alg: "hs256" }),
      "ES256 signed by HMAC": `${text("ES256")}.${hmac(text("ES256"))}`,
      "HS256 signed by ECDSA": `${text("HS256")}.${es256(text("HS256"))}`,
      ES384: own(good(), { alg: "ES384" }),
      ES256K: own(good(), { alg: "ES256K" }),
      "RS256 by the name of an ES256 key": own(good(), { alg: "RS256" }, (signed) =>
        sign("sha256", Buffer.from(signed), rsa.privateKey).toString("base64url"),
      ),
      "PS256 by a published key": projectKey.sign(good()).then((token) => {
        const [, payload, signature] = token.split(".");
        return `${part({ alg: "PS256", kid: projectKey.kid, typ: "JWT" })}.${payload}.${signature}`;
      }),
      "ES256 in DER": own(good(), {}, (signed) => es256(signed, pair.privateKey, "der")),
      "ES256 of noughts": own(good(), {}, () => Buffer.alloc(64).toString("base64url")),
    });
  });

  it("signed with a public key as the secret is nobody's", async () => {
    const tokens: Record<string, string> = {};
    const publics = { own: pair.publicKey, published: null } as const;
    for (const [whose, key] of Object.entries(publics)) {
      const publicJwk = key ? { ...key.export({ format: "jwk" }), kid } : projectKey.publicJwk;
      const forms: Record<string, string | Buffer> = {
        JWK: JSON.stringify(publicJwk),
        n: String(publicJwk.n ?? publicJwk.x),
      };
      if (key) {
        const pem = String(key.export({ format: "pem", type: "spki" }));
        Object.assign(forms, { PEM: pem, trimmed: pem.trim(), DER: key.export({ format: "der", type: "spki" }) });
      }
      for (const [form, bytes] of Object.entries(forms))
        for (const header of [
          {},
          { kid: publicJwk.kid },
          { alg: "ES256", kid: publicJwk.kid },
          { alg: "RS256", kid: publicJwk.kid },
        ])
          tokens[`${whose} ${form} ${JSON.stringify(header)}`] = shared(good(), header, bytes);
    }
    await expectNobody({
      ...tokens,
      "no secret": shared(good(), {}, ""),
      "the secret with a blank": shared(good(), {}, `${secret} `),
      "the secret as base64": shared(good(), {}, Buffer.from(secret, "base64")),
      "the issuer": shared(good(), {}, issuer.issuer),
    });
  });

  it("that brings its own key, or says where one is, is nobody's, and nobody asks there", async () => {
    const headers: Members[] = [
      { jwk: evilKey.publicJwk },
      { jku: elsewhere.keySetUrl.href },
      { jku: elsewhere.keySetUrl.href, kid },
      { x5u: `${elsewhere.url}/cert.pem` },
      { x5c: [Buffer.from("certificate").toString("base64")] },
      { kid },
      { kid: projectKey.kid },
      { kid: projectKey.kid, alg: "ES256", jwk: evilKey.publicJwk },
      { kid: elsewhere.keySetUrl.href },
      { kid: "../../../dev/null" },
      { kid: "file:///dev/null" },
      { kid: "' union select 'AAAA" },
      { kid: "__proto__" },
      { kid: "constructor" },
      { kid: "" },
      { kid: `${canary}\r\nx-injected: 1` },
      { kid: "k".repeat(3000) },
      { kid: undefined },
    ];
    for (const header of headers)
      await expectNobody({ [JSON.stringify(header).slice(0, 200)]: evilKey.sign(good(), header) });
    for (const kid of [null, 1, true, [], {}, ["a"], { kid: "a" }])
      await expectNobody({ [`kid ${JSON.stringify(kid)}`]: own(good(), { kid }) });
    // Rightly signed, but under rules that the bearer wants to set.
    for (const extra of [
      { jwk },
      { jku: issuer.keySetUrl.href },
      { x5u: "x" },
      { crit: ["exp"] },
      { crit: [] },
      { b64: false },
      { zip: "DEF" },
    ])
      await expectNobody({
        [`HS256 ${Object.keys(extra)}`]: shared(good(), extra),
        [`ES256 ${Object.keys(extra)}`]: own(good(), extra),
      });
    await expectNobody({
      "b64 that is critical": own(good(), { crit: ["b64"], b64: false }),
      "an encrypted token's typ": shared(good(), { typ: "JWE" }),
      "another typ": shared(good(), { typ: "at+jwt" }),
      "a cty": shared(good(), { cty: "JWT" }),
      "a header that is a list": `${part([{ alg: "HS256" }])}.${part(good())}.AA`,
      "a header that is null": `${part("null")}.${part(good())}.AA`,
      "a header that is no JSON": `${part(`{"alg":"HS256","${canary}`)}.${part(good())}.AA`,
    });
    expect(elsewhere.asked).toEqual([]);
  });

  const without = (name: string) => ({ ...good(), [name]: undefined });
  const wrongClaims: Record<string, () => unknown> = {
    "exp passed": () => ({ ...good(), exp: now() - 1 }),
    "exp now": () => ({ ...good(), iat: now() - 60, exp: now() }),
    "exp in words": () => ({ ...good(), exp: String(now() + 600) }),
    "exp null": () => ({ ...good(), exp: null }),
    "exp beyond all numbers": () => JSON.stringify(good()).replace(/"exp":\d+/, '"exp":1e999'),
    "exp before iat": () => ({ ...good(), iat: now() + 30, exp: now() + 20 }),
    "exp below zero": () => ({ ...good(), exp: -1 }),
    "nbf to come": () => ({ ...good(), nbf: now() + 300 }),
    "nbf in words": () => ({ ...good(), nbf: "now" }),
    "nbf null": () => ({ ...good(), nbf: null }),
    "iat to come": () => ({ ...good(), iat: now() + 300 }),
    "iat in words": () => ({ ...good(), iat: "now" }),
    "iss of nobody": () => ({ ...good(), iss: "" }),
    "iss without project": () => ({ ...good(), iss: "cloakroom" }),
    "iss of the API keys": () => ({ ...good(), iss: "supabase" }),
    "iss with a slash": () => ({ ...good(), iss: `${issuer.issuer}/` }),
    "iss in a list": () => ({ ...good(), iss: [issuer.issuer] }),
    "iss elsewhere": () => ({ ...good(), iss: elsewhere.issuer }),
    "aud anon": () => ({ ...good(), aud: "anon" }),
    "aud in a list": () => ({ ...good(), aud: ["anon", "authenticated"] }),
    "aud null": () => ({ ...good(), aud: null }),
    "role anon": () => ({ ...good(), role: "anon" }),
    "role service_role": () => ({ ...good(), role: "service_role" }),
    "role of the owner": () => ({ ...good(), role: "cloakroom_owner" }),
    "role of a superuser": () => ({ ...good(), role: "postgres" }),
    "role in a list": () => ({ ...good(), role: ["authenticated"] }),
    "sub no uuid": () => ({ ...good(), sub: "' or 1=1 --" }),
    "sub in capitals": () => ({ ...good(), sub: person.userId.toUpperCase() }),
    "sub in a list": () => ({ ...good(), sub: [person.userId] }),
    "sub of somebody else": () => ({ ...good(), sub: randomUUID() }),
    "session no uuid": () => ({ ...good(), session_id: "1" }),
    "session an object": () => ({ ...good(), session_id: { eq: person.sessionId } }),
    "session of nobody": () => ({ ...good(), session_id: randomUUID() }),
    anonymous: () => ({ ...good(), is_anonymous: true }),
    "anonymous newcomer": () => ({
      ...good(),
      sub: randomUUID(),
      session_id: randomUUID(),
      aal: "aal1",
      is_anonymous: true,
    }),
    "somebody's session for a newcomer": () => ({ ...good(), sub: randomUUID(), aal: "aal1" }),
    "an aal that is none": () => ({ ...good(), session_id: randomUUID(), aal: "aal9" }),
    "a list of claims": () => [good()],
    text: () => JSON.stringify("authenticated"),
    null: () => null,
    "no JSON": () => `{"${canary}`,
    "bytes that are no text": () => "\ud800{}",
  };
  for (const name of ["exp", "iat", "iss", "aud", "sub", "session_id", "role"])
    wrongClaims[`no ${name}`] = () => without(name);

  it("whose claims are wrong is nobody's, though it is rightly signed", async () => {
    for (const [what, claims] of Object.entries(wrongClaims))
      await expectNobody({ [`HS256 ${what}`]: shared(claims()), [`ES256 ${what}`]: own(claims()) });
  });

  it("is nobody's in any other writing than its own", async () => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const tokens: Record<string, string> = {};
    for (const [alg, token] of Object.entries({ HS256: shared(good()), ES256: own(good()) })) {
      const [header = "", payload = "", signature = ""] = token.split(".");
      const sameBytes = signature.slice(0, -1) + alphabet[alphabet.indexOf(signature.at(-1) ?? "") ^ 1];
      const inHex = Buffer.from(signature, "base64url").toString("hex");
      const base64 = (text: string) => Buffer.from(text, "base64url").toString("base64");
      Object.assign(tokens, {
        [`${alg}: the same bytes`]: `${header}.${payload}.${sameBytes}`,
        [`${alg}: padding`]: `${token}=`,
        [`${alg}: base64 with padding`]: `${header}.${base64(payload)}=.${signature}`,
        [`${alg}: hex`]: `${header}.${payload}.${inHex}`,
        [`${alg}: no signature`]: `${header}.${payload}.`,
        [`${alg}: two parts`]: `${header}.${payload}`,
        [`${alg}: no payload`]: `${header}..${signature}`,
        [`${alg}: no header`]: `.${payload}.${signature}`,
        [`${alg}: a dot more`]: `${token}.`,
        [`${alg}: four parts`]: `${token}.${signature}`,
        [`${alg}: five parts`]: `${header}..${payload}.${signature}.${signature}`,
        [`${alg}: half the signature`]: `${header}.${payload}.${signature.slice(0, signature.length / 2)}`,
        [`${alg}: the signature twice`]: `${token}${signature}`,
        [`${alg}: a byte more`]: `${token}AAAA`,
        [`${alg}: two in one`]: `${token},${token}`,
        [`${alg}: JSON`]: JSON.stringify({ payload, protected: header, signature }),
        [`${alg}: quoted`]: `"${token}"`,
        [`${alg}: a percent sign`]: token.replaceAll(".", "%2E"),
        [`${alg}: another payload`]: `${header}.${part({ ...good(), sub: randomUUID() })}.${signature}`,
        [`${alg}: 9 KB of filler`]:
          alg === "HS256" ? shared({ ...good(), x: "x".repeat(9000) }) : own({ ...good(), x: "x".repeat(9000) }),
      });
    }
    await expectNobody({ ...tokens, dots: "..", dot: ".", "many dots": ".".repeat(5000), word: canary });
  });

  it("of 200 KB is refused before it is read", async () => {
    const token = shared({ ...good(), filler: "x".repeat(150_000) });
    expect(token.length).toBeGreaterThan(200_000);
    for (const headers of [asBearer(token), asCookie(token)]) {
      const response = await fetch(`${server.url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify({ query: "{ me { id } }" }),
      });
      expect(response.status).toBe(431);
      expect(await response.json()).toEqual({
        errors: [expect.objectContaining({ extensions: { code: "BAD_USER_INPUT" } })],
      });
    }
  });

  it("of all these wrote nothing, and left no failure and no canary in the log", async () => {
    expect(await fingerprints(server.admin)).toEqual(before);
    expect(badLines(server.output())).toEqual([]);
    expect(server.output()).not.toContain(person.sessionId);
  });
});
