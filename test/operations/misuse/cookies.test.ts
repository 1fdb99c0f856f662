import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserOf, refreshment } from "../../support/browser.js";
import { newPhone, type Person, startTestServer, type TestServer } from "../../support/server.js";
import { badLines } from "./traces.js";

const me = "{ me { id } }";
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("a session cookie", () => {
  let server: TestServer;
  let person: Person;
  beforeAll(async () => {
    server = await startTestServer({ OTP_RESEND_SECONDS: "0" });
    person = await server.signIn();
  });
  afterAll(() => server?.close());

  const withCookie = (cookie: string, query = me) => server.graphql(query, {}, { headers: { cookie } });

  it("that is not one of ours is UNAUTHENTICATED, and nobody for the query session", async () => {
    const [header = "", payload = "", signature = ""] = person.token.split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
    const secret = server.config.supabaseJwtSecret ?? "";
    const signed = (head: object, body: object, hash = "sha256", key = secret) => {
      const text = `${encoded(head)}.${encoded(body)}`;
      return `${text}.${createHmac(hash, key).update(text).digest("base64url")}`;
    };
    const plain = { alg: "HS256", typ: "JWT" };
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const byEc = `${encoded({ alg: "ES256", typ: "JWT" })}.${payload}`;
    const now = Math.floor(Date.now() / 1000);
    const hostile: Record<string, string> = {
      "alg none": `${encoded({ alg: "none", typ: "JWT" })}.${payload}.`,
      "alg none with a signature": `${encoded({ alg: "none", typ: "JWT" })}.${payload}.${signature}`,
      HS512: signed({ alg: "HS512", typ: "JWT" }, claims, "sha512"),
      ES256: `${byEc}.${sign("sha256", Buffer.from(byEc), { key: privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url")}`,
      "another secret": signed(plain, claims, "sha256", `${secret}.`),
      "a public key as secret": signed(
        plain,
        claims,
        "sha256",
        publicKey.export({ type: "spki", format: "pem" }) as string,
      ),
      "crit in the header": signed({ ...plain, crit: ["exp"] }, claims),
      "another audience": signed(plain, { ...claims, aud: "anon" }),
      "the service role": signed(plain, { ...claims, role: "service_role" }),
      "another issuer": signed(plain, { ...claims, iss: "https://x.supabase.co/auth/v1" }),
      "no exp": signed(plain, { ...claims, exp: undefined }),
      "an exp that is passed": signed(plain, { ...claims, iat: now - 7200, exp: now - 1 }),
      "an iat in the future": signed(plain, { ...claims, iat: now + 600, exp: now + 4200 }),
      "a sub that is no uuid": signed(plain, { ...claims, sub: "' or 1=1 --" }),
      "another session": signed(plain, { ...claims, session_id: "00000000-0000-4000-8000-000000000000" }),
      "one part": header,
      "two parts": `${header}.${payload}`,
      "five parts": `${person.token}.${payload}.${signature}`,
      "a padded signature": `${person.token}=`,
      "a changed signature": `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
      "in quotes": `"${person.token}"`,
      "percent-encoded": person.token.replaceAll(".", "%2E"),
      "with Bearer before it": `Bearer ${person.token}`,
      "the refresh token": person.refreshToken,
      "8 KB": "A".repeat(8_000),
      empty: "",
    };
    for (const [what, value] of Object.entries(hostile)) {
      const cookie = `cloakroom-session=${value}`;
      expect([what, (await withCookie(cookie)).code]).toEqual([what, "UNAUTHENTICATED"]);
      const { data, errors } = await withCookie(cookie, "{ session { id } }");
      expect([what, data, errors]).toEqual([what, { session: null }, []]);
    }
  });

  it("of 200 KB does not even become a request", async () => {
    const answer = await fetch(`${server.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", cookie: `cloakroom-session=${"A".repeat(200_000)}` },
      body: JSON.stringify({ query: me }),
    }).catch(() => null);
    expect([431, undefined]).toContain(answer?.status);
  });

  it("under any other name is no cookie of ours", async () => {
    for (const name of [
      "__Host-cloakroom-session",
      "Cloakroom-Session",
      "cloakroom-session ",
      "xcloakroom-session",
      "session",
    ]) {
      if (name.trim() === "cloakroom-session") continue;
      expect([name, (await withCookie(`${name}=${person.token}`)).code]).toEqual([name, "UNAUTHENTICATED"]);
    }
    expect((await withCookie(`theme=dark; a; =b; cloakroom-session=${person.token}; c=d=e`)).code).toBeNull();
  });

  it("that came twice is refused, whichever is ours: the whole request is", async () => {
    const stranger = await server.signIn();
    const pairs: [string, string][] = [
      [person.token, stranger.token],
      [stranger.token, person.token],
      [person.token, person.token],
      [person.token, ""],
      ["", person.token],
    ];
    for (const [first, second] of pairs)
      for (const separator of ["; ", ";", " ; "]) {
        const cookie = `cloakroom-session=${first}${separator}cloakroom-session=${second}`;
        const { status, code, text } = await withCookie(cookie, "{ session { id } }");
        expect([status, code]).toEqual([403, "FORBIDDEN"]);
        expect(text).not.toContain("eyJ");
      }
    const twice = `cloakroom-session=${person.token}; cloakroom-refresh=a; cloakroom-refresh=b`;
    expect((await withCookie(twice)).code).toBe("FORBIDDEN");
    expect((await withCookie("cloakroom-thread=a; cloakroom-thread=b")).code).toBe("FORBIDDEN");
  });

  it("and a bearer of two people are refused, query or mutation; of one person they are not", async () => {
    const stranger = await server.signIn();
    for (const query of [me, "{ session { id } }", "mutation { revokeSession }"]) {
      const headers = { cookie: `cloakroom-session=${stranger.token}` };
      const { status, code } = await server.graphql(query, {}, { token: person.token, headers });
      expect([status, code]).toEqual([403, "FORBIDDEN"]);
    }
    const same = { cookie: `cloakroom-session=${(await server.signIn(person.phone)).token}` };
    expect((await server.graphql(me, {}, { token: person.token, headers: same })).code).toBeNull();
  });

  it("never stands in for a bearer that is none", async () => {
    const headers = { cookie: `cloakroom-session=${person.token}` };
    for (const token of ["x", `${person.token}x`, "a b"])
      expect((await server.graphql(me, {}, { token, headers })).code).toBe("UNAUTHENTICATED");
  });

  it("of a session that was ended elsewhere is over at once, on every server", async () => {
    const replica = await server.startReplica();
    const browser = browserOf(server);
    const { data } = await browser.signIn(newPhone());
    const headers = { cookie: browser.cookieHeader(), "x-csrf-token": await browser.csrfToken() };
    expect((await replica.graphql(me, {}, { headers })).code).toBeNull();
    const id = data.confirmVerification.session.id;
    await server.admin.query("update cloakroom.sessions set revoked_at = now() where id = $1", [id]);
    expect((await replica.graphql(me, {}, { headers })).code).toBe("UNAUTHENTICATED");
    expect((await replica.graphql(refreshment, {}, { headers })).code).toBe("UNAUTHENTICATED");
    expect((await replica.graphql<{ session: null }>("{ session { id } }", {}, { headers })).data.session).toBeNull();
  });

  it("leaves no failure in the log", () => {
    // That somebody holds up token after token is told to whoever runs the server, and no failure.
    expect(badLines(server.output()).filter((line) => !line.includes('"msg":"alert"'))).toEqual([]);
  });
});
