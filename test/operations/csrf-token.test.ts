import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserOf, refreshment } from "../support/browser.js";
import { newPhone, startTestServer, type TestServer } from "../support/server.js";

const creation = 'mutation { createOrganization(input: { name: "By cookie" }) { id } }';

describe("csrfToken", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ OTP_RESEND_SECONDS: "0" });
  });
  afterAll(() => server.close());

  async function signedInBrowser() {
    const browser = browserOf(server);
    await browser.signIn(newPhone());
    return browser;
  }
  const creates = async (browser: ReturnType<typeof browserOf>, token: string) =>
    (await browser.bare(creation, {}, { "x-csrf-token": token })).code;

  test("is another one each time, and each lets the session's mutations through, however often", async () => {
    const browser = await signedInBrowser();
    const tokens = [await browser.csrfToken(), await browser.csrfToken()];
    expect(new Set(tokens).size).toBe(2);
    for (const token of [...tokens, ...tokens]) expect(await creates(browser, token)).toBeNull();
  });

  test("outlives the access token and serves for the refresh that follows", async () => {
    const browser = await signedInBrowser();
    const token = await browser.csrfToken();
    await browser.bare(refreshment, {}, { "x-csrf-token": token });
    expect(await creates(browser, token)).toBeNull();
  });

  test("is worth nothing beside the cookies of another session, the same person's too", async () => {
    const phone = newPhone();
    const [browser, sameperson, stranger] = [browserOf(server), browserOf(server), browserOf(server)];
    await browser.signIn(phone);
    await sameperson.signIn(phone);
    await stranger.signIn(newPhone());
    for (const other of [sameperson, stranger])
      expect(await creates(browser, await other.csrfToken())).toBe("FORBIDDEN");
  });

  test("made without a cookie, or with one that is none of ours, is worth nothing", async () => {
    const browser = await signedInBrowser();
    const { data } = await server.graphql<{ csrfToken: string }>("{ csrfToken }");
    expect(await creates(browser, data.csrfToken)).toBe("FORBIDDEN");
    const forged = await server.graphql<{ csrfToken: string }>("{ csrfToken }", {}, { headers: forgedCookie(browser) });
    expect(await creates(browser, forged.data.csrfToken)).toBe("FORBIDDEN");
  });

  test("of a thread cookie serves for thread mutations, and for nothing once a session is there", async () => {
    const browser = browserOf(server);
    const connection =
      'mutation { connect(input: { credentials: [{ name: "a", value: "b" }], useCookies: true }) { threadSession } }';
    await browser.bare(connection);
    const token = await browser.csrfToken();
    const save = (headers: object) =>
      browser.bare("mutation { saveThread(input: { currentDay: 1 }) { currentDay } }", {}, headers);
    expect((await save({ "x-csrf-token": token })).code).toBeNull();
    await browser.signIn(newPhone());
    expect((await save({ "x-csrf-token": token })).code).toBe("FORBIDDEN");
    expect(await creates(browser, token)).toBe("FORBIDDEN");
    expect((await save({ "x-csrf-token": await browser.csrfToken() })).code).toBeNull();
  });

  test("is answered to nobody as well, and is no part of any log line", async () => {
    const browser = await signedInBrowser();
    const tokens = [await browser.csrfToken(), (await browserOf(server).csrfToken()) ?? ""];
    for (const token of tokens) {
      expect(token).toMatch(/^[\w-]{22}\.[\w-]{43}$/);
      expect(server.output()).not.toContain(token);
    }
  });
});

/** The session that the cookie names, signed by nobody. */
function forgedCookie(browser: ReturnType<typeof browserOf>): Record<string, string> {
  const [header, payload] = (browser.cookies.get("cloakroom-session")?.value ?? "").split(".");
  return { cookie: `cloakroom-session=${header}.${payload}.${"A".repeat(43)}` };
}
