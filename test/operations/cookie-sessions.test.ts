import jsonwebtoken from "jsonwebtoken";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserOf, type CookieSignIn, confirmation, refreshment, type TestBrowser } from "../support/browser.js";
import { newPhone, startTestServer, type TestServer } from "../support/server.js";
import { canariesIn, tableDump } from "../support/table-dump.js";

const me = "{ me { id } }";
const names = ["cloakroom-session", "cloakroom-refresh"];

describe("a session in cookies", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ OTP_RESEND_SECONDS: "0", OTP_PER_PHONE_PER_HOUR: "1000" });
  });
  afterAll(() => server.close());

  async function signedIn(input: object = {}, phone = newPhone()) {
    const browser = browserOf(server);
    const { data } = await browser.signIn(phone, input);
    return { browser, phone, ...data.confirmVerification };
  }
  /** As the browser has it an hour later. */
  function endAccessToken(browser: TestBrowser): void {
    const kept = browser.cookies.get("cloakroom-session");
    const claims = jsonwebtoken.decode(kept?.value ?? "") as { iat: number; exp: number };
    const ended = { ...claims, iat: claims.iat - 7200, exp: claims.exp - 7200 };
    const value = jsonwebtoken.sign(ended, server.config.supabaseJwtSecret ?? "");
    browser.cookies.set("cloakroom-session", { attributes: [], ...kept, value });
  }
  const refresh = (browser: TestBrowser) => browser.ask<{ refreshSession: CookieSignIn }>(refreshment);

  test("keeps both tokens out of the answer and out of the page's reach", async () => {
    const { browser, accessToken, refreshToken, user } = await signedIn();
    expect([accessToken, refreshToken]).toEqual([null, null]);
    expect([...browser.cookies.keys()]).toEqual(names);
    for (const { attributes } of browser.cookies.values())
      expect(attributes).toEqual(["path=/", "httponly", "samesite=lax"]);
    expect((await browser.bare<{ me: { id: string } }>(me)).data.me.id).toBe(user.id);
  });

  test("ends with the browser, or when the session does where it is to be remembered", async () => {
    const { browser, session } = await signedIn({ rememberMe: true });
    expect(session.rememberMe).toBe(true);
    for (const { attributes } of browser.cookies.values()) {
      const [, seconds] = /^max-age=(\d+)$/.exec(attributes.at(-1) ?? "") ?? [];
      expect(Math.round(Number(seconds) / 86_400)).toBe(90);
    }
    endAccessToken(browser);
    await refresh(browser);
    expect(browser.cookies.get("cloakroom-refresh")?.attributes.at(-1)).toMatch(/^max-age=77\d{5}$/);
  });

  test("is refreshed by its cookies, also when the access token has ended: both tokens are new", async () => {
    const { browser, session } = await signedIn();
    endAccessToken(browser);
    const before = names.map((name) => browser.cookies.get(name)?.value);
    expect((await browser.bare(me)).code).toBe("UNAUTHENTICATED");
    const { data } = await refresh(browser);
    expect(data.refreshSession).toMatchObject({ accessToken: null, refreshToken: null, session: { id: session.id } });
    for (const [index, name] of names.entries()) expect(browser.cookies.get(name)?.value).not.toBe(before[index]);
    expect((await browser.bare(me)).code).toBeNull();
  });

  test("is refreshed by several windows at once to the same token", async () => {
    const { browser } = await signedIn();
    const token = await browser.csrfToken();
    const cookie = browser.cookieHeader();
    const headers = { cookie, "x-csrf-token": token };
    const answers = await Promise.all(Array.from({ length: 10 }, () => server.graphql(refreshment, {}, { headers })));
    const set = answers.map((answer) => answer.headers.getSetCookie().find((line) => line.includes("-refresh=")));
    expect(new Set(set).size).toBe(1);
  });

  test("of which somebody used a copied token ends, and its cookies go", async () => {
    const { browser } = await signedIn();
    const copied = browser.cookies.get("cloakroom-refresh");
    await refresh(browser);
    await refresh(browser);
    await server.admin.query("update cloakroom.refresh_tokens set rotated_at = rotated_at - interval '11 seconds'");
    const thief = browserOf(server);
    for (const [name, kept] of browser.cookies) thief.cookies.set(name, kept);
    if (copied) thief.cookies.set("cloakroom-refresh", copied);
    expect((await refresh(thief)).code).toBe("UNAUTHENTICATED");
    expect([...thief.cookies.keys()]).toEqual([]);
    expect((await browser.bare(me)).code).toBe("UNAUTHENTICATED");
    expect((await refresh(browser)).code).toBe("UNAUTHENTICATED");
    expect([...browser.cookies.keys()]).toEqual([]);
  });

  test("is not carried on by the refresh token of another session", async () => {
    const [one, other] = [await signedIn(), await signedIn()];
    const foreign = other.browser.cookies.get("cloakroom-refresh");
    if (foreign) one.browser.cookies.set("cloakroom-refresh", foreign);
    expect((await refresh(one.browser)).code).toBe("UNAUTHENTICATED");
    expect((await browserOf(server).ask(refreshment)).code).toBe("UNAUTHENTICATED");
  });

  const signOuts: [string, string][] = [
    ["revokeSession", "mutation { revokeSession }"],
    ["revokeAllSessions with this one", "mutation { revokeAllSessions(includeCurrent: true) }"],
  ];
  for (const [what, mutation] of signOuts)
    test(`${what} takes the cookies away with the attributes they had, and the session is over`, async () => {
      const { browser } = await signedIn();
      const copy = browser.cookieHeader();
      const answer = await browser.ask(mutation);
      expect(answer.headers.getSetCookie()).toEqual(
        names.map((name) => `${name}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0`),
      );
      expect(browser.cookies.size).toBe(0);
      expect((await server.graphql(me, {}, { headers: { cookie: copy } })).code).toBe("UNAUTHENTICATED");
    });

  test("stays where other sessions end, and a bearer's own end touches no cookie", async () => {
    const { browser, phone } = await signedIn();
    const other = await server.signIn(phone);
    await browser.ask("mutation($id: ID!) { revokeSession(id: $id) }", { id: other.sessionId });
    await browser.ask("mutation { revokeAllSessions }");
    expect([...browser.cookies.keys()]).toEqual(names);
    const third = await server.signIn(phone);
    const answer = await server.graphql("mutation { revokeSession }", {}, { token: third.token });
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  test("never answers a token to its browser: a fresh code moves the new ones into the cookies, unasked", async () => {
    const { browser, phone, session } = await signedIn();
    const code = await browser.startVerification(phone);
    const { data } = await browser.ask<{ confirmVerification: CookieSignIn }>(confirmation, { input: { phone, code } });
    expect(data.confirmVerification).toMatchObject({
      accessToken: null,
      refreshToken: null,
      session: { id: session.id },
    });
    expect((await refresh(browser)).data.refreshSession.session.id).toBe(session.id);
  });

  test("of somebody else is replaced by whoever signs in", async () => {
    const { browser, user } = await signedIn();
    const { data } = await browser.signIn(newPhone());
    expect(data.confirmVerification.user.id).not.toBe(user.id);
    expect((await browser.bare<{ me: { id: string } }>(me)).data.me.id).toBe(data.confirmVerification.user.id);
  });

  test("that has ended does not keep anybody from signing in, without a token from csrfToken too", async () => {
    const { browser, phone } = await signedIn();
    await server.admin.query("update cloakroom.sessions set revoked_at = now() where revoked_at is null");
    const started = await browser.bare(
      "mutation($phone: String!) { startVerification(input: { phone: $phone }) { phone } }",
      {
        phone,
      },
    );
    expect(started.code).toBeNull();
    const input = { phone, code: server.codeOf(phone), useCookies: true };
    expect((await browser.bare(confirmation, { input })).code).toBeNull();
    expect((await browser.bare(me)).code).toBeNull();
  });

  test("leaves no token in any table or log line", async () => {
    const { browser } = await signedIn();
    await refresh(browser);
    const tokens = [...browser.cookies.values()].map(({ value }) => value);
    expect(canariesIn(server.output(), tokens)).toEqual([]);
    expect(canariesIn(await tableDump(server.admin), tokens)).toEqual([]);
  });

  test("goes over https alone where PUBLIC_URL does, and takes the prefix that no sibling domain can set", async () => {
    const https = await startTestServer({ PUBLIC_URL: "https://vault.example.com", TRUST_PROXY: "true" });
    const browser = browserOf(https);
    await browser.signIn(newPhone());
    expect([...browser.cookies.keys()]).toEqual(names.map((name) => `__Host-${name}`));
    for (const { attributes } of browser.cookies.values())
      expect(attributes).toEqual(["path=/", "httponly", "samesite=lax", "secure"]);
    expect((await browser.bare(me)).code).toBeNull();
    const unprefixed = browser.cookieHeader().replaceAll("__Host-", "");
    expect((await https.graphql(me, {}, { headers: { cookie: unprefixed } })).code).toBe("UNAUTHENTICATED");
    const out = await browser.ask("mutation { revokeSession }", {}, { origin: "https://vault.example.com" });
    expect(out.headers.getSetCookie()[0]).toBe(
      "__Host-cloakroom-session=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0",
    );
    await https.close();
  });
});
