import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildCloakroomSchema } from "../../../src/schema.js";
import { browserOf, confirmation, refreshment, type TestBrowser } from "../../support/browser.js";
import { newPhone, startTestServer, type TestServer } from "../../support/server.js";
import { doorsOf } from "./doors.js";
import { argumentsWith, bodyWithVariables } from "./requests.js";
import { type MisuseStage, startMisuseStage } from "./stage.js";
import { fingerprints, inTurns } from "./traces.js";

const app = "https://app.example.com";
const creation = 'mutation { createOrganization(input: { name: "By a foreign page" }) { id } }';
const connection =
  'mutation { connect(input: { credentials: [{ name: "a", value: "b" }], useCookies: true }) { threadSession } }';

describe("a page that is not ours", () => {
  let server: TestServer;
  let browser: TestBrowser;
  let token: string;
  beforeAll(async () => {
    server = await startTestServer({ CORS_ORIGINS: app, OTP_RESEND_SECONDS: "0", OTP_PER_PHONE_PER_HOUR: "1000" });
    browser = browserOf(server);
    await browser.signIn(newPhone());
    token = await browser.csrfToken();
  });
  afterAll(() => server?.close());

  const codeWith = async (headers: Record<string, string>, query = creation, variables = {}) => {
    const sent = { cookie: browser.cookieHeader(), "x-csrf-token": token, ...headers };
    return (await server.graphql(query, variables, { headers: sent })).code;
  };

  const pages: [string, Record<string, string>, boolean][] = [
    ["a program, which names no page", {}, true],
    ["a page of CORS_ORIGINS", { origin: app }, true],
    ["a page of CORS_ORIGINS on another site", { origin: app, "sec-fetch-site": "cross-site" }, true],
    ["a page of CORS_ORIGINS on another port", { origin: app, "sec-fetch-site": "same-site" }, true],
    ["a page of this server", { "sec-fetch-site": "same-origin" }, true],
    ["a foreign page in a browser that says nothing else", { origin: "https://evil.example.com" }, false],
    ["a foreign page", { origin: "https://evil.example.com", "sec-fetch-site": "cross-site" }, false],
    ["a page of another port", { origin: "http://127.0.0.1:1", "sec-fetch-site": "same-site" }, false],
    ["a page that hides where it is from", { "sec-fetch-site": "cross-site" }, false],
    ["a sandboxed frame", { origin: "null" }, false],
    ["a sandboxed frame of this server's", { origin: "null", "sec-fetch-site": "cross-site" }, false],
    ["an origin that begins like ours", { origin: `${app}.evil.example` }, false],
    ["an origin that ends like ours", { origin: "https://evil-app.example.com" }, false],
    ["our origin over http", { origin: "http://app.example.com" }, false],
    ["our origin on another port", { origin: `${app}:8443` }, false],
    ["our origin in upper case", { origin: app.toUpperCase() }, false],
    ["two origins", { origin: `${app}, https://evil.example.com` }, false],
    ["an empty origin", { origin: "" }, false],
    ["a word that no browser says", { "sec-fetch-site": "whatever" }, false],
  ];
  for (const [what, headers, isOurs] of pages)
    it(`${isOurs ? "is not" : "is refused, though it has a good x-csrf-token"}: ${what}`, async () => {
      expect(await codeWith(headers)).toBe(isOurs ? null : "FORBIDDEN");
    });

  it("is not the server's own, whether PUBLIC_URL says which that is or the browser's Host does", async () => {
    expect(await codeWith({ origin: server.url })).toBeNull();
    const named = await startTestServer({ PUBLIC_URL: "http://vault.example.com:8080/app" });
    const visitor = browserOf(named);
    await visitor.signIn(newPhone());
    expect((await visitor.ask(creation, {}, { origin: "http://vault.example.com:8080" })).code).toBeNull();
    expect((await visitor.ask(creation, {}, { origin: named.url })).code).toBe("FORBIDDEN");
    await named.close();
  });

  it("cannot sign its visitors in as somebody else, nor hand them its own thread", async () => {
    const phone = newPhone();
    await server.graphql("mutation($phone: String!) { startVerification(input: { phone: $phone }) { phone } }", {
      phone,
    });
    const input = { phone, code: server.codeOf(phone), useCookies: true };
    const evil = { origin: "https://evil.example.com", "sec-fetch-site": "cross-site" };
    for (const headers of [evil, { ...evil, cookie: browser.cookieHeader() }]) {
      const answer = await server.graphql(confirmation, { input }, { headers });
      expect([answer.code, answer.headers.getSetCookie()]).toEqual(["FORBIDDEN", []]);
      const connected = await server.graphql(connection, {}, { headers });
      expect([connected.code, connected.headers.getSetCookie()]).toEqual(["FORBIDDEN", []]);
    }
    // The code was not looked at.
    expect((await server.graphql(confirmation, { input }, { headers: { origin: app } })).code).toBeNull();
  });

  it("gets no header that would let it read an answer, of a query neither", async () => {
    for (const origin of ["https://evil.example.com", "null", `${app}.evil.example`, app.toUpperCase()]) {
      const { headers } = await server.graphql(
        "{ me { id } }",
        {},
        { headers: { origin, cookie: browser.cookieHeader() } },
      );
      const named = [...headers.keys()].filter((name) => name.startsWith("access-control-"));
      expect([named, headers.get("vary")]).toEqual([[], "Origin"]);
    }
    const { headers } = await server.graphql("{ me { id } }", {}, { headers: { origin: app } });
    expect([headers.get("access-control-allow-origin"), headers.get("access-control-allow-credentials")]).toEqual([
      app,
      "true",
    ]);
  });

  it("may ask beforehand in vain, while ours may send x-csrf-token", async () => {
    const preflight = (origin: string) =>
      fetch(`${server.url}/graphql`, {
        method: "OPTIONS",
        headers: {
          origin,
          "access-control-request-method": "POST",
          "access-control-request-headers": "content-type,x-csrf-token",
        },
      });
    const ours = (await preflight(app)).headers;
    expect(ours.get("access-control-allow-headers")?.split(", ")).toEqual(
      expect.arrayContaining(["content-type", "x-csrf-token", "x-thread-session"]),
    );
    expect([ours.get("access-control-allow-origin"), ours.get("access-control-allow-credentials")]).toEqual([
      app,
      "true",
    ]);
    for (const origin of ["https://evil.example.com", "null"])
      expect((await preflight(origin)).headers.get("access-control-allow-origin")).toBeNull();
  });

  it("cannot post a form, nor JSON under another name, nor ask by address", async () => {
    const query = creation.replace("By a foreign page", "By a form");
    const body = JSON.stringify({ query });
    const cookie = browser.cookieHeader();
    const types = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json"];
    for (const type of types) {
      const answer = await fetch(`${server.url}/graphql`, {
        method: "POST",
        headers: { cookie, "x-csrf-token": token, "content-type": type },
        body,
      });
      expect(answer.status).toBe(415);
    }
    const address = `${server.url}/graphql?query=${encodeURIComponent(query)}`;
    for (const accept of ["application/json", "*/*"])
      expect((await fetch(address, { headers: { cookie, "x-csrf-token": token, accept } })).status).toBe(405);
    const batch = await fetch(`${server.url}/graphql`, {
      method: "POST",
      headers: { cookie, "x-csrf-token": token, "content-type": "application/json" },
      body: `[${body},${body}]`,
    });
    expect(batch.status).toBe(400);
    const { rows } = await server.admin.query("select from cloakroom.organizations where name = 'By a form'");
    expect(rows).toEqual([]);
  });
});

describe("x-csrf-token", () => {
  let stage: MisuseStage;
  let cookie: string;
  let csrf: string;
  beforeAll(async () => {
    stage = await startMisuseStage();
    const browser = browserOf(stage.server);
    await browser.signIn(newPhone());
    await browser.ask(connection);
    cookie = browser.cookieHeader();
    csrf = await browser.csrfToken();
  });
  afterAll(() => stage?.close());

  it("is asked of every mutation that comes with cookies, and nothing happens without it", async () => {
    const mutations = doorsOf(await buildCloakroomSchema()).filter(({ kind }) => kind === "mutation");
    expect(mutations.length).toBeGreaterThan(25);
    const before = await fingerprints(stage.server.admin);
    const wrong = [
      undefined,
      "",
      "x",
      csrf.slice(1),
      `${csrf}A`,
      csrf.toUpperCase(),
      csrf.split(".")[1],
      `${csrf}, ${csrf}`,
    ];
    const answers = await inTurns(mutations, async (door) => {
      const query = JSON.parse(bodyWithVariables(door, argumentsWith(door, stage.honest)));
      const codes = await inTurns(wrong, async (token) => {
        const headers = { cookie, ...(token !== undefined && { "x-csrf-token": token }) };
        return (await stage.server.graphql(query.query, query.variables, { headers })).code;
      });
      return [door.name, ...new Set(codes)];
    });
    expect(answers).toEqual(mutations.map(({ name }) => [name, "FORBIDDEN"]));
    expect(await fingerprints(stage.server.admin)).toEqual(before);
  });

  it("is asked for in a sentence that says where it comes from", async () => {
    const { errors } = await stage.server.graphql(creation, {}, { headers: { cookie } });
    expect(errors[0]?.message).toBe(
      "Send the header x-csrf-token with the value of the query csrfToken, asked for with the same cookies.",
    );
  });

  it("is asked of each mutation of a request, through aliases and fragments too", async () => {
    const query = `mutation { a: ${creation.slice(11, -1)} ...More } fragment More on Mutation { b: revokeSession }`;
    const { errors } = await stage.server.graphql(query, {}, { headers: { cookie } });
    expect(errors[0]?.extensions?.code).toBe("FORBIDDEN");
    expect((await stage.server.graphql("{ me { id } }", {}, { headers: { cookie } })).code).toBeNull();
  });

  it("is not asked of a bearer, even beside the same person's cookies", async () => {
    const person = await stage.server.signIn();
    expect((await stage.server.graphql(creation, {}, { token: person.token })).code).toBeNull();
    const headers = { cookie: `cloakroom-session=${person.token}; cloakroom-refresh=${person.refreshToken}` };
    expect((await stage.server.graphql(creation, {}, { token: person.token, headers })).code).toBeNull();
    // Those cookies then stand for nothing: neither can they be refreshed.
    expect((await stage.server.graphql(refreshment, {}, { token: person.token, headers })).code).toBe(
      "UNAUTHENTICATED",
    );
  });

  it("is asked of a refresh whose session cookie has ended, and of a thread whose cookie is the only one", async () => {
    const browser = browserOf(stage.server);
    await browser.signIn(newPhone());
    const [, refresh = ""] = /cloakroom-refresh=([\w-]+)/.exec(browser.cookieHeader()) ?? [];
    const [, session = ""] = /cloakroom-session=([\w.-]+)/.exec(browser.cookieHeader()) ?? [];
    const bare = `cloakroom-session=${session}; cloakroom-refresh=${refresh}`;
    expect((await stage.server.graphql(refreshment, {}, { headers: { cookie: bare } })).code).toBe("FORBIDDEN");
    const thread = browserOf(stage.server);
    await thread.bare(connection);
    const disconnection = "mutation { disconnect { disconnected } }";
    expect((await thread.bare(disconnection)).code).toBe("FORBIDDEN");
    expect((await thread.bare("{ connectedAccount { durable } }")).code).toBeNull();
    expect((await thread.ask(disconnection)).code).toBeNull();
  });
});
