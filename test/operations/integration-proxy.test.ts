import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { request as httpRequest } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type IntegrationRequests, integrationRequests } from "../support/integration-requests.js";
import { json, type ScriptedService, startScriptedService } from "../support/oauth-provider.js";
import { unknownIds } from "../support/requests.js";
import { type Person, startTestServer, type TestServer } from "../support/server.js";

const accessToken = "canary-token/of+the=service";

describe("/integrations/:id/proxy/*", () => {
  let service: ScriptedService;
  let server: TestServer;
  let requests: IntegrationRequests;
  let owner: Person;
  let member: Person;
  let id: string;
  beforeAll(async () => {
    service = await startScriptedService();
    server = await startTestServer(service.settings);
    requests = integrationRequests(server);
    owner = await server.signIn();
    member = await server.signInMember(owner, "MEMBER");
    id = await connected();
  });
  afterAll(async () => {
    await server?.close();
    await service?.close();
  });
  beforeEach(() => {
    service.requests.length = 0;
    service.script.api = json({ ok: true });
    service.script.token = json({ error: "server_error" }, 500);
  });

  async function connected(input: object = {}, serviceName = "scripted") {
    const given = { organizationId: owner.organizationId, service: serviceName, accessToken, ...input };
    const { data, text } = await requests.addIntegration(given, owner);
    if (!data?.addIntegration) throw new Error(text);
    return data.addIntegration.id;
  }
  const bodyOf = async (request: IncomingMessage) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    return Buffer.concat(pieces);
  };
  type Listener = (request: IncomingMessage, response: ServerResponse) => void;
  const api = (listener: Listener) => {
    service.script.api = listener;
  };

  test("forwards any method with the token, the body as it came, and those headers alone that are named", async () => {
    for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]) {
      let received = Buffer.alloc(0);
      api(async (request, response) => {
        received = await bodyOf(request);
        response.writeHead(method === "POST" ? 201 : 200, {
          "content-type": "application/x-custom",
          etag: '"1"',
          "set-cookie": "a=b",
          "x-powered-by": "canary",
          "access-control-allow-origin": "*",
          "x-ratelimit-remaining": "7",
          link: `<${service.url}/api/v1/things?page=2>; rel="next"`,
        });
        response.end(method === "HEAD" ? undefined : "an answer");
      });
      const isReading = ["GET", "HEAD"].includes(method);
      const body = isReading ? null : Buffer.from([0, 255, 1, 254, 10]);
      const answer = await requests.proxy(id, "things/1?a=b%20c&a=d", member, {
        method,
        body,
        headers: {
          ...(body && { "content-type": "application/octet-stream" }),
          "x-api-version": "3",
          "if-none-match": '"0"',
          cookie: "mine=1",
          range: "bytes=0-3",
          "x-forwarded-for": "10.0.0.1",
          "x-http-method-override": "DELETE",
          "x-anything": "else",
        },
      });
      expect(answer.status, method).toBe(method === "POST" ? 201 : 200);
      expect(await answer.text()).toBe(method === "HEAD" ? "" : "an answer");
      expect(received.equals(body ?? Buffer.alloc(0))).toBe(true);
      const sent = service.requests.at(-1);
      expect(sent).toMatchObject({ url: "/api/v1/things/1?a=b%20c&a=d", method });
      expect(sent?.headers).toMatchObject({
        authorization: `Bearer ${accessToken}`,
        host: new URL(service.url).host,
        "x-api-version": "3",
        "if-none-match": '"0"',
        "accept-encoding": "identity",
        "user-agent": "cloakroom",
      });
      expect(
        Object.keys(sent?.headers ?? {}).filter((name) =>
          /cookie|forwarded|override|anything|range|referer|origin/.test(name),
        ),
      ).toEqual([]);
      expect(answer.headers.get("link")).toBe(`</integrations/${id}/proxy/things?page=2>; rel="next"`);
      const names = [...answer.headers.keys()];
      expect(names).toEqual(expect.arrayContaining(["etag", "link", "x-ratelimit-remaining"]));
      expect(names.filter((name) => /set-cookie|powered|access-control/.test(name))).toEqual([]);
      expect(answer.headers.get("content-security-policy")).toMatch(/^sandbox; default-src 'none'/);
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
      expect(answer.headers.get("cache-control")).toBe("no-store");
    }
    const used = (await requests.eventsOf(id)).filter(({ action }) => action === "INTEGRATION_USED");
    expect(used.map(({ details }) => (details as { method: string }).method)).toEqual([
      "GET",
      "HEAD",
      "POST",
      "PUT",
      "PATCH",
      "DELETE",
    ]);
    expect(new Set(used.map(({ actor_id }) => actor_id))).toEqual(new Set([member.userId]));
  });

  test("is FORBIDDEN to viewers, NOT_FOUND to strangers and for any other id, UNAUTHENTICATED to nobody; the service hears of none", async () => {
    const viewer = await server.signInMember(owner, "VIEWER");
    const stranger = await server.signIn();
    const codeOf = async (as?: Person, of = id, init: RequestInit = {}) => {
      const answer = await requests.proxy(of, "things", as, init);
      const { errors } = (await answer.json()) as { errors: { extensions: { code: string } }[] };
      return [answer.status, errors[0]?.extensions.code];
    };
    expect(await codeOf(viewer)).toEqual([403, "FORBIDDEN"]);
    expect(await codeOf(stranger)).toEqual([404, "NOT_FOUND"]);
    expect(await codeOf()).toEqual([401, "UNAUTHENTICATED"]);
    for (const unknown of unknownIds.filter((one) => one !== "" && one.length < 100))
      expect((await requests.proxy(encodeURIComponent(unknown), "things", owner)).status).toBe(404);
    expect((await requests.proxy(id, "things", owner, { method: "OPTIONS" })).status).toBe(204);
    expect(service.requests).toEqual([]);
  });

  test("never leaves the service's address: such paths are refused before any call and are no use", async () => {
    const port = Number(new URL(server.url).port);
    const before = (await requests.eventsOf(id)).length;
    for (const path of [
      "../admin",
      "%2e%2e/admin",
      "..%2fadmin",
      "/evil.example/",
      "a//b",
      "a\\..\\b",
      "%252e%252e/x",
      "..;/x",
      "a%00",
    ]) {
      const sent = httpRequest({
        port,
        host: "127.0.0.1",
        path: `/integrations/${id}/proxy/${path}`,
        headers: { authorization: `Bearer ${member.token}` },
      }).end();
      const [answer] = (await once(sent, "response")) as [IncomingMessage];
      answer.resume();
      expect(answer.statusCode, path).toBe(400);
    }
    expect(service.requests).toEqual([]);
    expect((await requests.eventsOf(id)).length).toBe(before);
  });

  test("lets the token out neither in a body, however it is cut, nor in a header or a redirect", async () => {
    api((request, response) => {
      const said = String(request.headers.authorization);
      response.writeHead(200, { "content-type": "text/plain", "x-request-id": said, etag: `"${accessToken}"` });
      const text = `${said} ${encodeURIComponent(accessToken)} ${said}`;
      let at = 0;
      const next = () => {
        response.write(text.slice(at, at + 3));
        at += 3;
        return at < text.length ? setImmediate(next) : response.end();
      };
      next();
    });
    const echoed = await requests.proxy(id, "echo", member);
    expect(await echoed.text()).toBe("Bearer •••••••• •••••••• Bearer ••••••••");
    expect(JSON.stringify([...echoed.headers])).not.toContain("canary");

    for (const [location, expected] of [
      [`${service.url}/api/v1/things/2?a=b`, `/integrations/${id}/proxy/things/2?a=b`],
      ["/api/v1/things/3", `/integrations/${id}/proxy/things/3`],
      ["things/4", `/integrations/${id}/proxy/things/4`],
      [`https://evil.example/?token=${accessToken}`, null],
      [`${service.url}/api/v1/?token=${encodeURIComponent(accessToken)}`, null],
      [`${service.url}/api/v2/things`, null],
      [`${service.url}/api/v1/../v2`, null],
      ["//evil.example/x", null],
      ["http://[", null],
      [`${service.url.replace("http://", "HTTP://")}/api/v1/things/5`, `/integrations/${id}/proxy/things/5`],
    ] as const) {
      api((_, response) => void response.writeHead(302, { location }).end());
      const redirect = await requests.proxy(id, "things", member);
      expect([redirect.status, redirect.headers.get("location")], location).toEqual([302, expected]);
    }
    api(
      (_, response) =>
        void response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(`zipped ${accessToken}`)),
    );
    const unzipped = await requests.proxy(id, "zipped", member);
    expect([await unzipped.text(), unzipped.headers.get("content-encoding")]).toEqual(["zipped ••••••••", null]);
    api((_, response) => void response.writeHead(200, { "content-encoding": "compress" }).end(accessToken));
    expect((await requests.proxy(id, "packed", member)).status).toBe(502);
    expect(server.output()).not.toContain("canary");
  });

  test("passes a body on whatever its content type is said to be, also where that is none", async () => {
    for (const type of ["nonsense", "text/plain; charset", "application/json", ";;", "a/b/c"]) {
      api(async (request, response) => {
        response.end(`${request.headers["content-type"]} ${await bodyOf(request)}`);
      });
      const answer = await requests.proxy(id, "things", member, {
        method: "POST",
        body: Buffer.from("{no json"),
        headers: { "content-type": type },
      });
      expect([answer.status, await answer.text()], type).toEqual([200, `${type} {no json`]);
    }
  });

  test("streams both ways, and hangs up on the service when the client does", async () => {
    api((request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: 1\n\n");
      response.on("close", () => service.requests.push({ url: "closed", method: "", headers: {} }));
      request.resume();
    });
    const controller = new AbortController();
    const streamed = await requests.proxy(id, "events", member, { signal: controller.signal });
    const reader = streamed.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe("data: 1\n\n");
    controller.abort();
    for (let tries = 0; service.requests.at(-1)?.url !== "closed" && tries < 500; tries++) await sleep(20);
    expect(service.requests.at(-1)?.url).toBe("closed");

    let received = 0;
    let began: () => void = () => undefined;
    const beginning = new Promise<void>((resolve) => {
      began = resolve;
    });
    api(async (request, response) => {
      for await (const piece of request) {
        received += (piece as Buffer).length;
        began();
      }
      response.end(String(received));
    });
    const upload = httpRequest(`${server.url}/integrations/${id}/proxy/upload`, {
      method: "POST",
      headers: { authorization: `Bearer ${member.token}`, "content-type": "application/octet-stream" },
    });
    const megabyte = Buffer.alloc(1024 * 1024, 7);
    upload.write(megabyte);
    upload.write(megabyte);
    // The service has the first part while the rest is not even sent.
    await beginning;
    upload.end(megabyte);
    const [answer] = (await once(upload, "response")) as [IncomingMessage];
    expect((await bodyOf(answer)).toString()).toBe(String(3 * 1024 * 1024));
  });

  test("reads no token before a body is there: who is removed while it arrives sends nothing", async () => {
    const leaving = await server.signInMember(owner, "MEMBER");
    const asked = httpRequest(`${server.url}/integrations/${id}/proxy/chat`, {
      method: "POST",
      headers: { authorization: `Bearer ${leaving.token}`, "content-length": "20" },
    });
    const answered = once(asked, "response") as Promise<[IncomingMessage]>;
    answered.catch(() => undefined);
    asked.write("0000000000");
    for (let tries = 0; (await usesBegun()) === 0; tries++) {
      if (tries === 1_000) throw new Error("Nothing was begun.");
      await sleep(10);
    }
    await server.admin.query("delete from cloakroom.members where user_id = $1 and organization_id = $2", [
      leaving.userId,
      owner.organizationId,
    ]);
    asked.end("1111111111");
    const [{ statusCode }] = await answered;
    expect([statusCode, service.requests]).toEqual([404, []]);
    const actors = (await requests.eventsOf(id)).filter(({ action }) => action === "INTEGRATION_USED");
    expect(JSON.stringify(actors)).not.toContain(leaving.userId);
  });
  const usesBegun = async () =>
    (
      await server.admin.query(
        "select from cloakroom.integration_uses where integration_id = $1 and opened_at is null",
        [id],
      )
    ).rowCount ?? 0;

  test("gets another token once where the service refuses this one, and sends a small body again", async () => {
    const refreshing = await connected({ refreshToken: "canary-refresh-token" });
    service.script.token = json({ access_token: "canary-second-token", token_type: "bearer", expires_in: 3600 });
    const bodies: string[] = [];
    api(async (request, response) => {
      bodies.push((await bodyOf(request)).toString());
      const isSecond = request.headers.authorization === "Bearer canary-second-token";
      response.writeHead(isSecond ? 200 : 401).end(`you are ${request.headers.authorization}`);
    });
    const answer = await requests.proxy(refreshing, "things", member, { method: "POST", body: "small" });
    expect([answer.status, await answer.text(), bodies]).toEqual([200, "you are Bearer ••••••••", ["small", "small"]]);
    const actions = (await requests.eventsOf(refreshing)).map(({ action }) => action);
    expect(actions).toEqual([
      "INTEGRATION_ADDED",
      "INTEGRATION_USED",
      "INTEGRATION_REFRESHED",
      "INTEGRATION_REFRESHED",
    ]);

    // A service that refuses the new token too means the request: no second refresh, and the refusal is passed on.
    api((_, response) => void response.writeHead(401).end("no"));
    const asked = service.requests.filter(({ url }) => url === "/token").length;
    expect((await requests.proxy(refreshing, "things", member)).status).toBe(401);
    expect(service.requests.filter(({ url }) => url === "/token").length).toBe(asked);
    // Without a refresh token there is no other.
    expect((await requests.proxy(id, "things", member)).status).toBe(401);
    // What is too large to be sent again is not.
    const large = Buffer.alloc(1024 * 1024 + 1, 1);
    service.requests.length = 0;
    const unrepeated = await connected({ refreshToken: "canary-refresh-token" });
    expect((await requests.proxy(unrepeated, "things", member, { method: "PUT", body: large })).status).toBe(401);
    expect(service.requests).toHaveLength(1);
    expect(server.output()).not.toContain("canary");
  });

  test("passes a refusal on where no other token can be had now, or the integration is gone by then", async () => {
    const tokens = { refreshToken: "canary-refresh-token" };
    api((_, response) => void response.writeHead(401, { "x-request-id": "7" }).end("the service says no"));
    const notNow = await requests.proxy(await connected(tokens), "things", member);
    expect([notNow.status, notNow.headers.get("x-request-id")]).toEqual([401, "7"]);
    expect(await notNow.text()).toBe("the service says no");
    expect(service.requests.map(({ url }) => url)).toEqual(["/api/v1/things", "/token"]);

    const goes = await connected(tokens);
    api(async (_, response) => {
      await requests.deleteIntegration(goes, owner);
      response.writeHead(401).end("the service says no");
    });
    const gone = await requests.proxy(goes, "things", member);
    expect([gone.status, await gone.text()]).toEqual([401, "the service says no"]);
  });

  test("is CONFLICT after a refusal where the service renews the token never again, and hears the refusal out no further", async () => {
    service.script.token = json({ error: "invalid_grant" }, 400);
    let isLeft = false;
    api((_, response) => {
      response.writeHead(401).write("the service says no, at length");
      response.on("close", () => {
        isLeft = true;
      });
    });
    const over = await connected({ refreshToken: "canary-refresh-token" });
    expect((await requests.proxy(over, "things", member)).status).toBe(409);
    await expect.poll(() => isLeft, { timeout: 20_000 }).toBe(true);
  });

  test("is UPSTREAM_ERROR where the service is away, CONFLICT where it has to be connected again, and says no more", async () => {
    api((_, response) => void response.destroy());
    const away = await requests.proxy(id, "things", member);
    expect([away.status, await away.json()]).toEqual([
      502,
      { errors: [{ message: "The service cannot be reached.", extensions: { code: "UPSTREAM_ERROR" } }] },
    ]);
    const over = await connected({ expiresAt: "2020-01-01T00:00:00Z" });
    expect((await requests.proxy(over, "things", member)).status).toBe(409);
    const unknown = await connected({}, "nobody-knows");
    expect((await requests.proxy(unknown, "things", member)).status).toBe(400);
  });

  test("counts towards the caller's requests a minute", async () => {
    const limited = await startTestServer({ ...service.settings, REQUESTS_PER_MINUTE: "3" });
    const send = () => fetch(`${limited.url}/integrations/${id}/proxy/x`).then(({ status }) => status);
    expect([await send(), await send(), await send(), await send()]).toEqual([401, 401, 401, 429]);
    await limited.close();
  });
});

describe("without ALLOW_PRIVATE_UPSTREAMS", () => {
  test("a service at a private address gets no request, neither for its API nor for tokens, by number or by name", async () => {
    const service = await startScriptedService();
    const port = new URL(service.url).port;
    const hosts = ["127.0.0.1", "localhost", "[::1]", "0x7f.1", "169.254.169.254", "10.0.0.1"];
    const described = hosts.map((host, index) => {
      const url = `https://${host}:${port}`;
      return [`private-${index}`, { authorizationUrl: `${url}/a`, tokenUrl: `${url}/token`, apiBaseUrl: `${url}/api` }];
    });
    const clients = hosts.flatMap((_, index) => [
      [`OAUTH_PRIVATE_${index}_CLIENT_ID`, "client"],
      [`OAUTH_PRIVATE_${index}_CLIENT_SECRET`, "secret"],
    ]);
    const server = await startTestServer({
      ALLOW_PRIVATE_UPSTREAMS: "false",
      OAUTH_SERVICES: JSON.stringify(Object.fromEntries(described)),
      ...Object.fromEntries(clients),
    });
    const requests = integrationRequests(server);
    const owner = await server.signIn();
    const { organizationId } = owner;
    for (const index of hosts.keys()) {
      const input = { organizationId, service: `private-${index}`, accessToken, refreshToken: "canary-refresh" };
      const { id } = (await requests.addIntegration(input, owner)).data.addIntegration;
      const refused = await requests.proxy(id, "things", owner);
      expect([refused.status, await refused.text()]).toEqual([502, expect.stringContaining("private network")]);
      await requests.endsIn(id, "-1 minute");
      expect((await requests.proxy(id, "things", owner)).status).toBe(502);
      const { authorizationUrl } = (
        await requests.beginIntegration({ organizationId, service: `private-${index}` }, owner)
      ).data.beginIntegration;
      const state = new URL(authorizationUrl).searchParams.get("state");
      expect((await requests.callback(`?state=${state}&code=x`)).status).toBe(502);
    }
    expect(service.requests).toEqual([]);
    await server.close();
    await service.close();
  });
});
