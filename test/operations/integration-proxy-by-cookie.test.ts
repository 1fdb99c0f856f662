import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { browserOf, type TestBrowser } from "../support/browser.js";
import { integrationRequests } from "../support/integration-requests.js";
import { json, type ScriptedService, startScriptedService } from "../support/oauth-provider.js";
import { newPhone, startTestServer, type TestServer } from "../support/server.js";

const signInOften = { OTP_RESEND_SECONDS: "0", OTP_PER_PHONE_PER_HOUR: "1000" };

describe("/integrations/:id/proxy/* for a browser that is known by its cookie", () => {
  let service: ScriptedService;
  let server: TestServer;
  let browser: TestBrowser;
  let token: string;
  let bearer: string;
  let url: string;
  beforeAll(async () => {
    service = await startScriptedService();
    service.script.api = json({ ok: true });
    server = await startTestServer({ ...service.settings, ...signInOften });
    const phone = newPhone();
    const person = await server.signIn(phone);
    bearer = person.token;
    const given = { organizationId: person.organizationId, service: "scripted", accessToken: "canary-access-token" };
    const { id } = (await integrationRequests(server).addIntegration(given, person)).data.addIntegration;
    url = `${server.url}/integrations/${id}/proxy/things`;
    browser = browserOf(server);
    await browser.signIn(phone);
    token = await browser.csrfToken();
  });
  afterAll(async () => {
    await server?.close();
    await service?.close();
  });
  beforeEach(() => {
    service.requests.length = 0;
  });

  const send = async (headers: Record<string, string>, method = "GET") =>
    (await fetch(url, { method, headers: { cookie: browser.cookieHeader(), ...headers } })).status;

  test.each(["GET", "HEAD"])(
    "serves a %s that says that it comes from a page of ours, or brings the token of one",
    async (method) => {
      expect(await send({ "sec-fetch-site": "same-origin" }, method)).toBe(200);
      expect(await send({ "x-csrf-token": token }, method)).toBe(200);
      expect(await send({ "sec-fetch-site": "same-origin", "x-csrf-token": token }, method)).toBe(200);
      expect(service.requests).toHaveLength(3);
    },
  );

  test.each(["GET", "HEAD"])(
    "is FORBIDDEN for a %s that another site, a sibling domain, a link or nobody says that it comes from",
    async (method) => {
      for (const site of ["cross-site", "same-site", "none"])
        expect(await send({ "sec-fetch-site": site }, method), site).toBe(403);
      expect(await send({}, method)).toBe(403);
      expect(await send({ "x-csrf-token": `${token}x` }, method)).toBe(403);
      expect(await send({ "sec-fetch-site": "same-site", origin: "https://sibling.example" }, method)).toBe(403);
      // A scheme that is no bearer leaves the cookie to say who asks.
      expect(await send({ "sec-fetch-site": "cross-site", authorization: "Basic eDp5" }, method)).toBe(403);
      expect(service.requests).toEqual([]);
    },
  );

  test("is FORBIDDEN for what changes something without the token, whatever it says of where it comes from", async () => {
    for (const site of ["same-origin", "none"]) expect(await send({ "sec-fetch-site": site }, "POST"), site).toBe(403);
    expect(await send({}, "DELETE")).toBe(403);
    expect(service.requests).toEqual([]);
    expect(await send({ "x-csrf-token": token, "sec-fetch-site": "same-origin" }, "POST")).toBe(200);
  });

  test("asks nothing of the kind from a bearer", async () => {
    const status = async (headers: Record<string, string>) =>
      (await fetch(url, { headers: { authorization: `Bearer ${bearer}`, ...headers } })).status;
    expect(await status({})).toBe(200);
    expect(await status({ "sec-fetch-site": "cross-site" })).toBe(200);
  });
});
