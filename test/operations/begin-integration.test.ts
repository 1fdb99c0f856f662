import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serverCaller } from "../../src/database/server-caller.js";
import { type Disturbances, disturbedDatabase } from "../support/disturbed-database.js";
import { type IntegrationRequests, integrationRequests } from "../support/integration-requests.js";
import {
  json,
  type OAuthProvider,
  type ScriptedService,
  startOAuthProvider,
  startScriptedService,
} from "../support/oauth-provider.js";
import { unknownIds } from "../support/requests.js";
import { type Person, startTestServer, type TestServer } from "../support/server.js";

describe("beginIntegration and its callback", () => {
  let provider: OAuthProvider;
  let scripted: ScriptedService;
  let server: TestServer;
  let requests: IntegrationRequests;
  let owner: Person;
  beforeAll(async () => {
    provider = await startOAuthProvider();
    scripted = await startScriptedService();
    const described = [provider, scripted].map(({ settings }) => JSON.parse(settings.OAUTH_SERVICES) as object);
    server = await startTestServer({
      ...provider.settings,
      ...scripted.settings,
      OAUTH_SERVICES: JSON.stringify(Object.assign({}, ...described)),
    });
    requests = integrationRequests(server);
    owner = await server.signIn();
  });
  afterAll(async () => {
    await server?.close();
    await Promise.all([provider?.close(), scripted?.close()]);
  });

  const begin = async (service = "local", as: Person = owner) => {
    const { data, text } = await requests.beginIntegration({ organizationId: owner.organizationId, service }, as);
    if (!data?.beginIntegration) throw new Error(text);
    return data.beginIntegration.authorizationUrl;
  };
  const stateOf = (authorizationUrl: string) => new URL(authorizationUrl).searchParams.get("state") ?? "";
  const mine = async () =>
    (await requests.integrations(owner.organizationId, owner)).data.integrations.map(({ id }) => id);

  test("sends the person off with PKCE and a state, and stores what the service gives out for the code", async () => {
    const url = new URL(await begin());
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: "code",
      client_id: "cloakroom",
      code_challenge_method: "S256",
      scope: "openid",
      redirect_uri: `${server.url}/integrations/callback`,
    });
    expect(url.href).not.toContain("secret");
    const back = await provider.visit(url.href);
    expect(back.searchParams.get("iss")).toBe(provider.url);
    const page = await requests.callback(back.search);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("<h1>Connected</h1>");
    const [made] = (await requests.integrations(owner.organizationId, owner)).data.integrations;
    expect(made).toMatchObject({ service: "local", accessToken: "••••••••", scopes: ["openid"], status: "ACTIVE" });
    expect(Date.parse(made?.expiresAt ?? "")).toBeGreaterThan(Date.now() + 3_000_000);
    const events = await requests.eventsOf(made?.id ?? "");
    expect(events).toMatchObject([{ action: "INTEGRATION_ADDED", actor_id: owner.userId }]);
    const sent = provider.tokenRequests.at(-1);
    expect(sent?.get("code_verifier")).toMatch(/^[\w-]{43}$/);
    expect((await requests.callback(back.search)).status).toBe(400);
    expect(await mine()).toHaveLength(1);
    const token = await server.database.call(
      "get_integration_token",
      { integrationId: made?.id ?? "" },
      serverCaller(),
    );
    expect(await provider.isLive(token)).toBe(true);
    expect(server.output()).not.toContain(token);
    expect(server.output()).not.toContain(back.searchParams.get("code"));
    expect(server.output()).not.toContain(stateOf(url.href));
  });

  test("answers a page without scripts that repeats nothing, is not kept, and sends no address along", async () => {
    const before = await mine();
    for (const search of [
      "",
      "?state=canary-state&code=canary-code",
      "?state=canary&state=canary&code=canary",
      "?error=%3Cscript%3Ecanary%3C/script%3E&error_description=canary",
      `?state=${"canary".repeat(500)}`,
    ]) {
      const page = await requests.callback(search);
      expect(page.status, search).toBe(400);
      expect(await page.text()).not.toMatch(/canary|<script/);
      expect(page.headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'sha256-/);
      expect(page.headers.get("content-security-policy")).not.toContain("script-src");
      expect(page.headers.get("referrer-policy")).toBe("no-referrer");
      expect(page.headers.get("cache-control")).toBe("no-store");
      expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    }
    const state = stateOf(await begin());
    const declined = await requests.callback(`?state=${state}&error=access_denied&error_description=canary%3Cb%3E`);
    expect(declined.status).toBe(400);
    const text = await declined.text();
    expect(text).toContain("did not give its consent");
    expect(text).not.toMatch(/canary|access_denied/);
    expect((await requests.callback(`?state=${state}&code=x`)).status).toBe(400);
    expect(server.output()).not.toContain("canary");
    expect(await mine()).toEqual(before);
  });

  test("is good for ten minutes, once, for the person who began it as long as they are ADMIN", async () => {
    const before = await mine();
    const admin = await server.signInMember(owner, "ADMIN");
    const late = await provider.visit(await begin());
    await server.admin.query("update cloakroom.integration_flows set expires_at = now() where taken_at is null");
    expect(await (await requests.callback(late.search)).text()).toContain("no longer good");

    const others = await provider.visit(await begin("local", admin));
    const demoted = await provider.visit(await begin("local", admin));
    const refused = await requests.callback(others.search, owner);
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining("Somebody else began")]);
    // Whoever began it can look at the address and come after: then it is too late.
    expect((await requests.callback(others.search, admin)).status).toBe(400);
    await server.admin.query(
      "update cloakroom.members set role = 'MEMBER' where user_id = $1 and organization_id = $2",
      [admin.userId, owner.organizationId],
    );
    expect((await requests.callback(demoted.search, admin)).status).toBe(403);
    expect(await mine()).toEqual(before);

    const raced = await provider.visit(await begin());
    const answers = await Promise.all(Array.from({ length: 8 }, () => requests.callback(raced.search)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(400)]);
    expect(await mine()).toHaveLength(before.length + 1);
  });

  test("takes no answer that names another issuer than the service's, or none, and asks for no token then", async () => {
    const asked = provider.tokenRequests.length;
    for (const issuer of ["https://somebody-else.example", `${provider.url}/`, "", null]) {
      const back = await provider.visit(await begin());
      if (issuer === null) back.searchParams.delete("iss");
      else back.searchParams.set("iss", issuer);
      const page = await requests.callback(back.search);
      expect(page.status, String(issuer)).toBe(502);
      expect(await page.text()).toContain("did not hand out its token");
    }
    expect(provider.tokenRequests).toHaveLength(asked);
    expect(server.output()).toContain('"reason":"issuer"');
  });

  test("is FORBIDDEN to one who signed out before they came back, and stores nothing", async () => {
    const before = await mine();
    const admin = await server.signInMember(owner, "ADMIN");
    const back = await provider.visit(await begin("local", admin));
    await server.graphql("mutation { revokeSession }", {}, { token: admin.token });
    const page = await requests.callback(back.search);
    expect([page.status, await page.text()]).toEqual([403, expect.stringContaining("Nothing was stored")]);
    expect(await mine()).toEqual(before);
  });

  test("names the service and the organization to whoever ended the connection, as text and not as a page", async () => {
    const name = `<img src=x onerror="canary()"> & Sons`;
    const made = await server.graphql<{ createOrganization: { id: string } }>(
      "mutation($input: CreateOrganizationInput!) { createOrganization(input: $input) { id } }",
      { input: { name } },
      { token: owner.token },
    );
    const organizationId = made.data.createOrganization.id;
    const begun = await requests.beginIntegration({ organizationId, service: "local" }, owner);
    const back = await provider.visit(begun.data.beginIntegration.authorizationUrl);
    const text = await (await requests.callback(back.search)).text();
    expect(text).toContain("<bdi>&lt;img src=x onerror=&quot;canary()&quot;&gt; &amp; Sons</bdi>");
    expect(text).toContain("<bdi>local</bdi>");
    expect(text).toContain("If that is not your organization");
    expect(text).not.toContain("<img");
  });

  test("stores a connection once whose answer from the database was lost, and says that it is connected", async () => {
    let disturbances: Disturbances | undefined;
    const unlucky = await startTestServer(scripted.settings, {
      reach: async ({ database }) => {
        const made = disturbedDatabase(database);
        disturbances = made.disturbances;
        return made.disturbed;
      },
    });
    const other = integrationRequests(unlucky);
    const someone = await unlucky.signIn();
    const { organizationId } = someone;
    const begun = await other.beginIntegration({ organizationId, service: "scripted" }, someone);
    scripted.script.token = json({ access_token: "a-token-of-a-service", token_type: "bearer" });
    scripted.requests.length = 0;
    disturbances?.unanswered.add("finish_integration_flow");
    const page = await other.callback(`?state=${stateOf(begun.data.beginIntegration.authorizationUrl)}&code=code`);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("<h1>Connected</h1>")]);
    expect((await other.integrations(organizationId, someone)).data.integrations).toHaveLength(1);
    expect(scripted.requests.map(({ url }) => url)).toEqual(["/token"]);
    await unlucky.close();
  });

  test("says so in plain words where the service is down, refuses, answers rubbish or too much, and stores nothing", async () => {
    const before = await mine();
    const rubbish = {
      "an error": json({ error: "invalid_grant", error_description: "canary" }, 400),
      "an error of GitHub's": json({ error: "bad_verification_code" }),
      "an error of Slack's": json({ ok: false, error: "invalid_code" }),
      "a failure": json({ error: "server_error" }, 500),
      "no JSON": (_: unknown, response: { end(text: string): void }) => response.end("<html>canary</html>"),
      nothing: (_: unknown, response: { end(): void }) => response.end(),
      "a list": json([{ access_token: "canary" }]),
      "no token": json({ token_type: "bearer" }),
      "a token of two lines": json({ access_token: "canary\r\nset-cookie: a=b", token_type: "bearer" }),
      "a token of no text": json({ access_token: { canary: 1 }, token_type: "bearer" }),
      "another kind of token": json({ access_token: "canary", token_type: "mac" }),
      "2 MiB": json({ access_token: "canary".repeat(400_000), token_type: "bearer" }),
      "a redirect": (_: unknown, response: { writeHead(s: number, h: object): { end(): void } }) =>
        response.writeHead(302, { location: `${scripted.url}/elsewhere` }).end(),
      "a hang-up": (_: unknown, response: { destroy(): void }) => response.destroy(),
    };
    for (const [what, answer] of Object.entries(rubbish)) {
      scripted.script.token = answer as typeof scripted.script.token;
      const page = await requests.callback(`?state=${stateOf(await begin("scripted"))}&code=canary`);
      expect(page.status, what).toBe(502);
      expect(await page.text(), what).not.toContain("canary");
    }
    expect(scripted.requests.some(({ url }) => url === "/elsewhere")).toBe(false);
    expect(await mine()).toEqual(before);
    expect(server.output()).not.toMatch(/canary/);
  });

  test("reads what services make of the standard: Slack's kinds of token, GitHub's forms, names of accounts", async () => {
    const connect = async (answer: typeof scripted.script.token) => {
      scripted.script.token = answer;
      const page = await requests.callback(`?state=${stateOf(await begin("scripted"))}&code=code`);
      expect(page.status).toBe(200);
      return (await requests.integrations(owner.organizationId, owner)).data.integrations.at(-1);
    };
    const slack = {
      ok: true,
      access_token: "xoxb-1234567890",
      token_type: "bot",
      scope: "a,b",
      team: { name: "Acme" },
    };
    expect(await connect(json(slack))).toMatchObject({ account: "Acme", scopes: ["a", "b"], expiresAt: null });
    const person = { ok: true, authed_user: { access_token: "xoxp-1234567890", token_type: "user", scope: "c" } };
    expect(await connect(json(person))).toMatchObject({ account: null, scopes: ["c"] });
    const form = "access_token=gho_1234567890&scope=repo%2Cgist&token_type=bearer";
    expect(
      await connect((_, response) =>
        response.writeHead(200, { "content-type": "application/x-www-form-urlencoded" }).end(form),
      ),
    ).toMatchObject({ scopes: ["repo", "gist"] });
    // Nobody here asks who the person is: an id_token, even one of nobody, changes nothing.
    const withId = { access_token: "ya29-1234567890", token_type: "Bearer", expires_in: "3599", id_token: "a.b.c" };
    expect(await connect(json(withId))).toMatchObject({ scopes: ["read"], status: "ACTIVE" });
    expect((await connect(json(withId)))?.expiresAt).not.toBeNull();
  });

  test("is FORBIDDEN below ADMIN, NOT_FOUND to strangers, UNAUTHENTICATED to nobody, and for services that are set up", async () => {
    const attempt = async (as?: Person, organizationId = owner.organizationId, service = "local") => {
      const { code, errors } = await requests.beginIntegration({ organizationId, service }, as);
      return [code, errors[0]?.extensions?.field ?? null];
    };
    expect(await attempt(await server.signInMember(owner, "MEMBER"))).toEqual(["FORBIDDEN", null]);
    expect(await attempt(await server.signIn())).toEqual(["NOT_FOUND", null]);
    expect(await attempt()).toEqual(["UNAUTHENTICATED", null]);
    for (const id of unknownIds) expect(await attempt(owner, id)).toEqual(["NOT_FOUND", null]);
    for (const service of ["slack", "nobody-knows", "constructor", "__proto__", ""])
      expect(await attempt(owner, owner.organizationId, service)).toEqual(["BAD_USER_INPUT", "input.service"]);
    const scopes = ['a"b'];
    const { errors } = await requests.beginIntegration(
      { organizationId: owner.organizationId, service: "local", scopes },
      owner,
    );
    expect(errors[0]?.extensions).toEqual({ code: "BAD_USER_INPUT", field: "input.scopes" });
  });
});
