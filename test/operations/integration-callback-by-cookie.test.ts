import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAccessTokens } from "../../src/services/access-token.js";
import { browserOf, type TestBrowser } from "../support/browser.js";
import { type IntegrationRequests, integrationRequests } from "../support/integration-requests.js";
import { type OAuthProvider, startOAuthProvider } from "../support/oauth-provider.js";
import { newPhone, type Person, startTestServer, type TestServer } from "../support/server.js";

const hour = 3_600_000;

const signInOften = { OTP_RESEND_SECONDS: "0", OTP_PER_PHONE_PER_HOUR: "1000" };

describe("a connection that was begun in a browser by its cookie", () => {
  let provider: OAuthProvider;
  let server: TestServer;
  let requests: IntegrationRequests;
  let browser: TestBrowser;
  let phone: string;
  let organizationId: string;
  beforeAll(async () => {
    provider = await startOAuthProvider();
    server = await startTestServer({ ...provider.settings, ...signInOften });
    requests = integrationRequests(server);
    phone = newPhone();
    browser = browserOf(server);
    const { data } = await browser.signIn(phone);
    organizationId = data.confirmVerification.user.organizations.at(-1)?.id ?? "";
  });
  afterAll(async () => {
    await server?.close();
    await provider?.close();
  });

  const mutation = "mutation($input: BeginIntegrationInput!) { beginIntegration(input: $input) { authorizationUrl } }";
  /** Begins it, and goes where the person is sent: the address with which they come back. */
  async function begunBy(begin: Pick<TestBrowser, "ask"> | Person): Promise<string> {
    const input = { organizationId, service: "local" };
    const { data, text } =
      "ask" in begin
        ? await begin.ask<{ beginIntegration: { authorizationUrl: string } }>(mutation, { input })
        : await requests.beginIntegration(input, begin);
    if (!data?.beginIntegration) throw new Error(text);
    return (await provider.visit(data.beginIntegration.authorizationUrl)).search;
  }
  /** As the top of a page that another site sends somewhere: SameSite=Lax cookies come along. */
  const back = (search: string, cookie?: string, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/integrations/callback${search}`, {
      headers: { "sec-fetch-site": "cross-site", ...(cookie && { cookie }), ...headers },
    });
  const inAnotherBrowser = async (as = phone) => {
    const other = browserOf(server);
    await other.signIn(as);
    return other;
  };
  const count = async () => {
    const { rows } = await server.admin.query(
      "select count(*)::integer from cloakroom.integrations where organization_id = $1",
      [organizationId],
    );
    return rows[0].count as number;
  };

  test("ends in that browser", async () => {
    const page = await back(await begunBy(browser), browser.cookieHeader());
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("<h1>Connected</h1>")]);
    expect(await count()).toBe(1);
  });

  test("is FORBIDDEN to whoever comes without its session, and over for everybody then", async () => {
    const before = await count();
    const elsewhere = await inAnotherBrowser();
    const bearer = await server.signIn(phone);
    const stranger = await inAnotherBrowser(newPhone());
    for (const [cookie, headers] of [
      [undefined, {}],
      ["cloakroom-session=nothing", {}],
      [elsewhere.cookieHeader(), {}],
      [stranger.cookieHeader(), {}],
      [undefined, { authorization: `Bearer ${bearer.token}` }],
    ] as const) {
      const search = await begunBy(browser);
      const page = await back(search, cookie, headers);
      expect([page.status, await page.text()]).toEqual([403, expect.stringContaining("Nothing was stored")]);
      // The code was not asked for; the one who sent the address round gets nothing for it either.
      expect((await back(search, browser.cookieHeader())).status).toBe(400);
    }
    expect(await count()).toBe(before);
  });

  test("ends in that browser also where the token in its cookie has ended in the meantime", async () => {
    const search = await begunBy(browser);
    const cookie = browser.cookies.get("cloakroom-session")?.value ?? "";
    const claims = JSON.parse(Buffer.from(cookie.split(".")[1] ?? "", "base64url").toString()) as {
      sub: string;
      session_id: string;
    };
    const issuedLongAgo = createAccessTokens({
      secret: server.config.supabaseJwtSecret,
      issuer: server.config.jwtIssuer,
      clock: () => Date.now() - 2 * hour,
    });
    const { token } = await issuedLongAgo.sign(claims.sub, claims.session_id);
    expect((await back(search, `cloakroom-session=${token}`)).status).toBe(200);
  });

  test("is FORBIDDEN in that browser once its person has signed out, and stores nothing", async () => {
    const before = await count();
    const leaving = await inAnotherBrowser();
    const search = await begunBy(leaving);
    const cookie = leaving.cookieHeader();
    await leaving.ask("mutation { revokeSession }");
    expect((await back(search, cookie)).status).toBe(403);
    expect(await count()).toBe(before);
  });

  test("differs from one that a bearer began, which whoever brings state and code may end without a session", async () => {
    const before = await count();
    expect((await back(await begunBy(await server.signIn(phone)))).status).toBe(200);
    expect(await count()).toBe(before + 1);
  });
});
