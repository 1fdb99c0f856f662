import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserOf, type TestBrowser } from "../support/browser.js";
import { integrationRequests } from "../support/integration-requests.js";
import { json, type ScriptedService, startScriptedService } from "../support/oauth-provider.js";
import { newPhone, startTestServer, type TestServer } from "../support/server.js";

const origin = "https://app.example";

describe("/integrations/:id/proxy/* for a page of CORS_ORIGINS", () => {
  let service: ScriptedService;
  let server: TestServer;
  let browser: TestBrowser;
  let bearer: string;
  let path: string;
  let url: string;
  beforeAll(async () => {
    service = await startScriptedService();
    server = await startTestServer({
      ...service.settings,
      OTP_RESEND_SECONDS: "0",
      CORS_ORIGINS: origin,
      PUBLIC_URL: "http://127.0.0.1/base/",
    });
    const phone = newPhone();
    const person = await server.signIn(phone);
    bearer = person.token;
    const given = { organizationId: person.organizationId, service: "scripted", accessToken: "canary-access-token" };
    const { id } = (await integrationRequests(server).addIntegration(given, person)).data.addIntegration;
    path = `/integrations/${id}/proxy`;
    url = `${server.url}${path}/things`;
    browser = browserOf(server);
    await browser.signIn(phone);
  });
  afterAll(async () => {
    await server?.close();
    await service?.close();
  });

  const preflight = (from: string) =>
    fetch(url, { method: "OPTIONS", headers: { origin: from, "access-control-request-method": "PUT" } });
  const allowed = (answer: Response) => [
    answer.headers.get("access-control-allow-origin"),
    answer.headers.get("access-control-allow-credentials"),
  ];
  const named = (answer: Response, header: string) => answer.headers.get(header)?.split(", ") ?? [];

  test("may be asked what would be sent: every method, and the headers that pass", async () => {
    service.requests.length = 0;
    const answer = await preflight(origin);
    expect([answer.status, ...allowed(answer)]).toEqual([204, origin, "true"]);
    expect(named(answer, "access-control-allow-methods")).toEqual(
      expect.arrayContaining(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]),
    );
    expect(named(answer, "access-control-allow-headers")).toEqual(
      // `x-api-version` is the service's, `notion-version` that of a built-in one.
      expect.arrayContaining([
        "authorization",
        "content-type",
        "x-csrf-token",
        "if-match",
        "x-api-version",
        "notion-version",
      ]),
    );
    expect(service.requests).toEqual([]);
  });

  test("can be read, the headers that pass included, and an error too", async () => {
    service.script.api = (_, response) =>
      void response
        .writeHead(200, { etag: '"1"', "x-ratelimit-left": "7", "access-control-allow-origin": "https://evil.example" })
        .end("ok");
    const byBearer = await fetch(url, { headers: { origin, authorization: `Bearer ${bearer}` } });
    expect([byBearer.status, ...allowed(byBearer), byBearer.headers.get("vary")]).toEqual([
      200,
      origin,
      "true",
      "Origin",
    ]);
    expect(named(byBearer, "access-control-expose-headers")).toEqual(
      expect.arrayContaining(["etag", "x-ratelimit-left", "retry-after"]),
    );
    const nobody = await fetch(url, { headers: { origin } });
    expect([nobody.status, ...allowed(nobody)]).toEqual([401, origin, "true"]);
  });

  test("is told by the token beside its cookie, for reading as well", async () => {
    service.script.api = json({ ok: true });
    const token = await browser.csrfToken();
    const headers = { origin, cookie: browser.cookieHeader(), "sec-fetch-site": "same-site" };
    for (const method of ["GET", "POST"]) {
      expect((await fetch(url, { method, headers })).status).toBe(403);
      expect((await fetch(url, { method, headers: { ...headers, "x-csrf-token": token } })).status).toBe(200);
    }
  });

  test("is nothing that a page of another origin can see or be allowed", async () => {
    service.script.api = json({ ok: true });
    for (const from of ["https://evil.example", "null", `${origin}.evil.example`]) {
      expect(allowed(await preflight(from))).toEqual([null, null]);
      const answer = await fetch(url, { headers: { origin: from, authorization: `Bearer ${bearer}` } });
      expect(allowed(answer)).toEqual([null, null]);
      expect(answer.headers.get("access-control-expose-headers")).toBeNull();
    }
  });

  test("leads on below the path of PUBLIC_URL, as browsers see it", async () => {
    service.script.api = (_, response) =>
      void response.writeHead(302, { location: "/api/v1/next", link: '</api/v1/things?page=2>; rel="next"' }).end();
    const answer = await fetch(url, { redirect: "manual", headers: { authorization: `Bearer ${bearer}` } });
    expect([answer.headers.get("location"), answer.headers.get("link")]).toEqual([
      `/base${path}/next`,
      `</base${path}/things?page=2>; rel="next"`,
    ]);
  });
});
