import { createServer, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createApplication } from "../../src/application.js";
import { createPostgresDatabase } from "../../src/database/postgres.js";
import { server as serverCaller } from "../support/callers.js";
import { type IntegrationRequests, integrationRequests } from "../support/integration-requests.js";
import {
  json,
  listening,
  type OAuthProvider,
  type ScriptedService,
  startOAuthProvider,
  startScriptedService,
} from "../support/oauth-provider.js";
import { type Person, startTestServer, type TestServer } from "../support/server.js";

describe("a token that has ended", () => {
  let provider: OAuthProvider;
  let scripted: ScriptedService;
  let server: TestServer;
  let replica: { url: string; close(): Promise<void> };
  let requests: IntegrationRequests;
  let owner: Person;
  beforeAll(async () => {
    provider = await startOAuthProvider({
      api: (request, response) => void response.end(`hello ${request.headers.authorization}`),
    });
    scripted = await startScriptedService();
    const described = [provider, scripted].map(({ settings }) => JSON.parse(settings.OAUTH_SERVICES) as object);
    server = await startTestServer({
      ...provider.settings,
      ...scripted.settings,
      OAUTH_SERVICES: JSON.stringify(Object.assign({}, ...described)),
    });
    replica = await startReplica();
    requests = integrationRequests(server);
    owner = await server.signIn();
  });
  afterAll(async () => {
    await replica?.close();
    await server?.close();
    await Promise.all([provider?.close(), scripted?.close()]);
  });
  beforeEach(() => {
    provider.tokenRequests.length = 0;
    scripted.requests.length = 0;
    scripted.script.api = (request, response) => void response.end(`hello ${request.headers.authorization}`);
  });

  /** Another server over the same database, as another replica is: it shares nothing else. */
  async function startReplica() {
    const { rows } = await server.admin.query("select current_database() as name");
    const { serverUrl, serverRolePassword } = await import("../../src/database/login-role.js");
    const { inject } = await import("vitest");
    const adminUrl = Object.assign(new URL(inject("adminUrl")), { pathname: rows[0].name }).href;
    const rootKey = server.config.vaultRootKey ?? "";
    const url = serverUrl(adminUrl, serverRolePassword(rootKey));
    const database = createPostgresDatabase({ url, rootKey, poolSize: 4, log: () => undefined });
    const sms = { send: async () => undefined };
    const application = await createApplication({
      config: server.config,
      database,
      sms,
      progressFile: null,
      log: pino({ level: "silent" }),
    });
    const bound = await application.listen();
    return {
      url: bound.url,
      async close() {
        await application.close();
        await database.close();
      },
    };
  }

  async function connectedByFlow(): Promise<string> {
    const input = { organizationId: owner.organizationId, service: "local" };
    const { authorizationUrl } = (await requests.beginIntegration(input, owner)).data.beginIntegration;
    const back = await provider.visit(authorizationUrl);
    expect((await requests.callback(back.search)).status).toBe(200);
    return (await requests.integrations(owner.organizationId, owner)).data.integrations.at(-1)?.id ?? "";
  }
  async function connected(input: object = {}): Promise<string> {
    const tokens = {
      accessToken: "canary-old-token",
      refreshToken: "canary-old-refresh",
      expiresAt: "2020-01-01T00:00:00Z",
    };
    const given = { organizationId: owner.organizationId, service: "scripted", ...tokens, ...input };
    return (await requests.addIntegration(given, owner)).data.addIntegration.id;
  }
  const tokenOf = (integrationId: string) =>
    server.database.call("get_integration_token", { integrationId }, serverCaller);
  const statusOf = async (id: string) =>
    (await requests.integrations(owner.organizationId, owner)).data.integrations.find((one) => one.id === id)?.status;
  const refreshesOf = async (id: string) =>
    (await requests.eventsOf(id))
      .filter(({ action }) => action === "INTEGRATION_REFRESHED")
      .map(({ details }) => (details as { outcome: string }).outcome);

  test("is refreshed once for fifty uses at once over two replicas, each of which is answered with the new one", async () => {
    const id = await connectedByFlow();
    const first = await tokenOf(id);
    await requests.endsIn(id, "-1 minute");
    const other = integrationRequests({ ...server, url: replica.url });
    provider.tokenRequests.length = 0;
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => (index % 2 ? requests : other).proxy(id, "things", owner)),
    );
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect(new Set(texts)).toEqual(new Set(["hello Bearer ••••••••"]));
    expect(provider.refreshes()).toBe(1);
    expect(await refreshesOf(id)).toEqual(["begun", "refreshed"]);
    const second = await tokenOf(id);
    expect(second).not.toBe(first);
    expect(await provider.isLive(second)).toBe(true);
    const uses = (await requests.eventsOf(id)).filter(({ actor_id }) => actor_id === owner.userId);
    expect(uses.filter(({ action }) => action === "INTEGRATION_USED")).toHaveLength(50);
    for (const text of [first, second]) expect(server.output()).not.toContain(text);
  });

  test("is refreshed again and again with the refresh token that each refresh brings", async () => {
    const id = await connectedByFlow();
    const seen = new Set([await tokenOf(id)]);
    for (let round = 0; round < 4; round++) {
      await requests.endsIn(id, "-1 minute");
      expect((await requests.proxy(id, "things", owner)).status).toBe(200);
      seen.add(await tokenOf(id));
    }
    expect(seen.size).toBe(5);
    const sent = provider.tokenRequests.map((body) => body.get("refresh_token")).filter((token) => token !== null);
    expect(new Set(sent).size).toBe(4);
    for (const token of sent) expect(server.output()).not.toContain(token);
  });

  test("is replaced before it ends, beside a use or without one, and meanwhile still serves", async () => {
    const id = await connectedByFlow();
    const first = await tokenOf(id);
    await server.admin.query(
      "update cloakroom.integrations set refresh_at = now(), expires_at = now() + interval '4 minutes' where id = $1",
      [id],
    );
    expect((await requests.proxy(id, "things", owner)).status).toBe(200);
    await expect.poll(() => tokenOf(id), { timeout: 20_000 }).not.toBe(first);
    expect(await server.database.call("due_integrations", {}, serverCaller)).not.toContain(id);
  });

  test("that the service will never renew needs its user: CONFLICT, an alert and a line in the log; asked once", async () => {
    const id = await connected();
    scripted.script.token = json({ error: "invalid_grant", error_description: "canary-description" }, 400);
    const answers = await Promise.all(Array.from({ length: 10 }, () => requests.proxy(id, "things", owner)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(409));
    expect((await requests.proxy(id, "things", owner)).status).toBe(409);
    expect(scripted.requests.map(({ url }) => url)).toEqual(["/token"]);
    expect(await statusOf(id)).toBe("NEEDS_RECONNECT");
    expect(await refreshesOf(id)).toEqual(["begun", "needs_reconnect"]);
    const alerts = server
      .output()
      .split("\n")
      .filter((line) => line.includes("integration_needs_reconnect") && line.includes(id));
    expect(alerts).toHaveLength(1);
    expect(server.output()).not.toContain("canary");
  });

  test("is not asked for again for a while where the service is down, refuses this server, or answers rubbish", async () => {
    const failures: Record<string, typeof scripted.script.token> = {
      down: (_, response) => void response.destroy(),
      "a failure": json({ error: "server_error", error_description: "canary-description" }, 503),
      "a wrong client": json({ error: "invalid_client" }, 401),
      rubbish: (_, response) => void response.end("<html>canary-page</html>"),
      "no token": json({ token_type: "bearer" }),
      "cut off": (_, response: ServerResponse) => {
        response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
        response.write('{"access_token":"canary');
        setImmediate(() => response.destroy());
      },
    };
    for (const [what, failure] of Object.entries(failures)) {
      const id = await connected();
      scripted.requests.length = 0;
      scripted.script.token = failure;
      const answers = [await requests.proxy(id, "things", owner), await requests.proxy(id, "things", owner)];
      expect(
        answers.map(({ status }) => status),
        what,
      ).toEqual([502, 502]);
      for (const answer of answers) {
        const { errors } = (await answer.json()) as { errors: { extensions: { retryAfter: number } }[] };
        expect(errors[0]?.extensions.retryAfter).toBeGreaterThan(10);
      }
      expect(
        scripted.requests.map(({ url }) => url),
        what,
      ).toEqual(["/token"]);
      expect(await statusOf(id)).toBe("ACTIVE");
      // Later it is, and what the service said meanwhile changed nothing.
      await server.admin.query("update cloakroom.integrations set retry_at = now() where id = $1", [id]);
      scripted.script.token = json({ access_token: "canary-new-token", token_type: "bearer" });
      expect((await requests.proxy(id, "things", owner)).status).toBe(200);
    }
    const patient = await connected();
    scripted.script.token = (_, response) => void response.writeHead(429, { "retry-after": "120" }).end();
    for (const asked of ["first", "again"]) {
      const { headers } = await requests.proxy(patient, "things", owner);
      expect(Number(headers.get("retry-after")), asked).toBeGreaterThan(100);
    }
    expect(server.output()).not.toContain("canary");
  });

  test("from a slow service is waited for by all who need it, and nobody else asks meanwhile", async () => {
    const id = await connected();
    scripted.script.token = async (request, response) => {
      await sleep(1_500);
      json({ access_token: "canary-slow-token", token_type: "bearer" })(request, response);
    };
    const other = integrationRequests({ ...server, url: replica.url });
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) => (index % 2 ? requests : other).proxy(id, "things", owner)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(200));
    expect(scripted.requests.filter(({ url }) => url === "/token")).toHaveLength(1);
  });

  test("of a service that gives out tokens of no length or a second is replaced no more than once in five seconds", async () => {
    for (const expires_in of [0, 1]) {
      const id = await connected();
      let rotated = 0;
      scripted.script.token = (request, response) =>
        json({
          access_token: `canary-short-${++rotated}`,
          refresh_token: "canary-rotated",
          token_type: "bearer",
          expires_in,
        })(request, response);
      for (let use = 0; use < 4; use++) expect((await requests.proxy(id, "things", owner)).status).toBe(200);
      expect(rotated).toBe(1);
      expect(await statusOf(id)).toBe("ACTIVE");
    }
  });

  test("that comes while the database is away for a moment is kept", async () => {
    const id = await connected();
    scripted.script.token = async (request, response) => {
      await server.admin.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'cloakroom_server' and datname = current_database()",
      );
      json({ access_token: "canary-kept-token", refresh_token: "canary-kept-refresh", token_type: "bearer" })(
        request,
        response,
      );
    };
    expect((await requests.proxy(id, "things", owner)).status).toBe(200);
    expect(await tokenOf(id)).toBe("canary-kept-token");
    expect(await refreshesOf(id)).toEqual(["begun", "refreshed"]);
  });

  test("of an integration that is deleted meanwhile is stored nowhere", async () => {
    const id = await connected({ accessToken: "canary-its-token", refreshToken: "canary-its-refresh" });
    scripted.script.token = async (request, response) => {
      if (request.url === "/token") await requests.deleteIntegration(id, owner);
      json(request.url === "/token" ? { access_token: "canary-late-token", token_type: "bearer" } : {})(
        request,
        response,
      );
    };
    expect((await requests.proxy(id, "things", owner)).status).toBe(404);
    const { rows } = await server.admin.query("select 1 from vault.secrets where name like $1", [`%${id}%`]);
    expect(rows).toEqual([]);
    // Once for the tokens that stood there, and once for those that came too late.
    expect(scripted.requests.filter(({ url }) => url === "/revoke")).toHaveLength(3);
  });
});

test("a server that stops first delivers the alert that an integration needs its user", async () => {
  const delivered: { id: string; type: string }[] = [];
  const receiver = createServer(async (request, response) => {
    const { type } = JSON.parse(await text(request)) as { type: string };
    await sleep(600);
    delivered.push({ id: String(request.headers["webhook-id"]), type });
    response.end();
  });
  const scripted = await startScriptedService();
  scripted.script.token = json({ error: "invalid_grant" }, 400);
  const settings = {
    ...scripted.settings,
    ALERT_WEBHOOK_URL: await listening(receiver),
    ALERT_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 1).toString("base64")}`,
  };
  let noted: unknown;
  const server = await startTestServer(settings, {
    reach: async ({ database }) => ({
      ...database,
      close: async () => undefined,
      async call(fn, args, caller) {
        const answer = await database.call(fn, args, caller);
        if (fn === "note_integration_alert") noted = answer;
        return answer;
      },
    }),
  });
  const requests = integrationRequests(server);
  const owner = await server.signIn();
  const tokens = { accessToken: "canary-token", refreshToken: "canary-refresh", expiresAt: "2020-01-01T00:00:00Z" };
  const input = { organizationId: owner.organizationId, service: "scripted", ...tokens };
  const { id } = (await requests.addIntegration(input, owner)).data.addIntegration;
  expect((await requests.proxy(id, "things", owner)).status).toBe(409);
  expect(delivered).toEqual([]);
  await server.close();
  expect(delivered).toEqual([{ id: `msg_${id}_1`, type: "cloakroom.integration_needs_reconnect" }]);
  expect(noted).toBe(true);
  await scripted.close();
  receiver.closeAllConnections();
  receiver.close();
});
