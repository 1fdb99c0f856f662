import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DatabaseError } from "../../src/database/port.js";
import { browserOf } from "../support/browser.js";
import { type IntegrationRequests, integrationRequests } from "../support/integration-requests.js";
import { json, type ScriptedService, startScriptedService } from "../support/oauth-provider.js";
import { type Person, startTestServer, type TestServer } from "../support/server.js";

describe("/integrations/callback where something goes wrong", () => {
  let service: ScriptedService;
  let server: TestServer;
  let requests: IntegrationRequests;
  let owner: Person;
  let failure: DatabaseError | Error | null = null;
  beforeAll(async () => {
    service = await startScriptedService();
    service.script.token = json({ access_token: "canary-access-token", token_type: "bearer" });
    server = await startTestServer(
      { ...service.settings, OTP_RESEND_SECONDS: "0" },
      {
        reach: async ({ database }) => ({
          ...database,
          async call(name, args, caller) {
            if (failure && name === "take_integration_flow") throw failure;
            return database.call(name, args, caller);
          },
        }),
      },
    );
    requests = integrationRequests(server);
    owner = await server.signIn();
  });
  afterAll(async () => {
    await server?.close();
    await service?.close();
  });

  async function begun(): Promise<string> {
    const input = { organizationId: owner.organizationId, service: "scripted" };
    const { data } = await requests.beginIntegration(input, owner);
    return new URL(data.beginIntegration.authorizationUrl).searchParams.get("state") ?? "";
  }
  async function pageOf(answer: Response): Promise<{ status: number; text: string }> {
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(answer.headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const text = await answer.text();
    expect(text).toMatch(/^<!doctype html>/);
    return { status: answer.status, text };
  }

  test("tells people in a page that the database is away, and the same address ends the connection once it is back", async () => {
    const search = `?state=${await begun()}&code=canary`;
    failure = new DatabaseError("08006", "canary");
    const away = await pageOf(await requests.callback(search));
    failure = null;
    expect(away.status).toBe(503);
    expect(away.text).toContain("cannot reach its database");
    expect(away.text).not.toContain("canary");
    expect(server.output()).toContain('"msg":"database unavailable"');
    expect((await pageOf(await requests.callback(search))).status).toBe(200);
  });

  test("tells people in a page that something broke, with the id that finds it in the log, and nothing of what it was", async () => {
    failure = new Error("canary");
    const broken = await pageOf(await requests.callback(`?state=${await begun()}&code=x`));
    failure = null;
    const [id = "none"] = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(broken.text) ?? [];
    expect([broken.status, broken.text.includes("canary")]).toEqual([500, false]);
    expect(server.output()).toContain(`"requestId":"${id}"`);
  });

  test("tells people in a page that too many requests came, and when to come again", async () => {
    const limited = await startTestServer({ ...service.settings, REQUESTS_PER_MINUTE: "1" });
    const send = () => fetch(`${limited.url}/integrations/callback?state=x`);
    expect((await pageOf(await send())).status).toBe(400);
    const second = await send();
    expect(second.headers.get("retry-after")).toMatch(/^\d+$/);
    expect(await pageOf(second)).toEqual({ status: 429, text: expect.stringContaining("Too many requests") });
    await limited.close();
  });

  test("tells people in a page that their cookie came twice, and what to do", async () => {
    const browser = browserOf(server);
    await browser.signIn(owner.phone);
    const cookie = browser.cookieHeader();
    const answer = await fetch(`${server.url}/integrations/callback?state=${await begun()}&code=x`, {
      headers: { cookie: `${cookie}; ${cookie}` },
    });
    expect(await pageOf(answer)).toEqual({ status: 403, text: expect.stringContaining("Delete") });
  });

  test("answers a request that no browser sends as everywhere else", async () => {
    const [answer] = (await once(
      httpRequest(`${server.url}/integrations/callback`, { headers: { host: "a b" } }).end(),
      "response",
    )) as [IncomingMessage];
    answer.resume();
    expect([answer.statusCode, answer.headers["content-type"]]).toEqual([400, "application/json; charset=utf-8"]);
  });

  test.each(["%00", "a%00b", "%ff%fe", "%ed%a0%80"])(
    "takes the state %s for one that nobody gave out",
    async (state) => {
      const page = await pageOf(await requests.callback(`?state=${state}&code=x`));
      expect(page).toEqual({ status: 400, text: expect.stringContaining("This link is no longer good") });
    },
  );

  test.each([
    ["temporarily_unavailable", "temporarily_unavailable"],
    ["access_denied", "access_denied"],
    ["invalid_scope", "invalid_scope"],
    ["canary", "other"],
    ["__proto__", "other"],
  ])("logs what a service gave as its reason: %s as %s", async (given, logged) => {
    const before = server.output().length;
    const answer = await requests.callback(`?state=${await begun()}&error=${given}&error_description=canary`);
    expect(await pageOf(answer)).toEqual({ status: 400, text: expect.stringContaining("refused") });
    const lines = server
      .output()
      .slice(before)
      .split("\n")
      .filter((line) => line.includes("refused by its service"));
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({ service: "scripted", error: logged }),
    ]);
    expect(server.output()).not.toContain("canary");
  });
});
