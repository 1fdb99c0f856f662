import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { server as serverCaller } from "../support/callers.js";
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

describe("deleteIntegration", () => {
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

  const add = async (service = "slack") => {
    const tokens = { accessToken: "canary-access-token", refreshToken: "canary-refresh-token" };
    const input = { organizationId: owner.organizationId, service, ...tokens };
    return (await requests.addIntegration(input, owner)).data.addIntegration.id;
  };
  const linesOf = (integrationId: string) =>
    server
      .output()
      .split("\n")
      .filter((line) => line.includes(integrationId))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const secretsOf = async (id: string) =>
    (await server.admin.query("select name from vault.secrets where name like $1", [`%${id}%`])).rows;

  test("removes row and tokens, on record, and ends the tokens at their service", async () => {
    const { organizationId } = owner;
    const begun = await requests.beginIntegration({ organizationId, service: "local" }, owner);
    const back = await provider.visit(begun.data.beginIntegration.authorizationUrl);
    await requests.callback(back.search);
    const id = (await requests.integrations(organizationId, owner)).data.integrations.at(-1)?.id ?? "";
    const token = await server.database.call("get_integration_token", { integrationId: id }, serverCaller);
    expect(await provider.isLive(token)).toBe(true);
    expect((await requests.deleteIntegration(id, owner)).data.deleteIntegration).toBe(true);
    expect(await provider.isLive(token)).toBe(false);
    expect(await secretsOf(id)).toEqual([]);
    expect((await requests.integrations(organizationId, owner)).data.integrations).toEqual([]);
    expect((await requests.eventsOf(id)).map(({ action }) => action)).toEqual([
      "INTEGRATION_ADDED",
      "INTEGRATION_USED",
      "INTEGRATION_USED",
      "INTEGRATION_DELETED",
    ]);
    const revoked = linesOf(id).find(({ msg }) => msg === "integration revoked at its service");
    expect(revoked).toMatchObject({ service: "local", organizationId, complete: true });
    expect(server.output()).not.toContain(token);
    expect((await requests.deleteIntegration(id, owner)).code).toBe("NOT_FOUND");
  });

  test("ends the tokens that stand there when they go, also those of a refresh that ends in between", async () => {
    let disturbances: Disturbances | undefined;
    const busy = await startTestServer(scripted.settings, {
      reach: async ({ database }) => {
        const made = disturbedDatabase(database);
        disturbances = made.disturbances;
        return made.disturbed;
      },
    });
    const others = integrationRequests(busy);
    const someone = await busy.signIn();
    const tokens = { accessToken: "canary-first", refreshToken: "canary-first-refresh" };
    const input = { organizationId: someone.organizationId, service: "scripted", ...tokens };
    const { id: integrationId } = (await others.addIntegration(input, someone)).data.addIntegration;
    const renewed = { accessToken: "canary-second", refreshToken: "canary-second-refresh" };
    const renew = () =>
      busy.database.call("finish_integration_refresh", { integrationId, knownVersion: 1, ...renewed }, serverCaller);
    // Whichever call it is that deletes.
    for (const fn of ["finish_integration_deletion", "delete_integration"] as const)
      disturbances?.before.set(fn, renew);
    const ended: (string | null)[] = [];
    scripted.script.token = async (request, response) => {
      let body = "";
      for await (const piece of request) body += piece;
      ended.push(new URLSearchParams(body).get("token"));
      response.end();
    };
    expect((await others.deleteIntegration(integrationId, someone)).data.deleteIntegration).toBe(true);
    expect(ended).toEqual(["canary-second-refresh", "canary-second"]);
    const { rows } = await busy.admin.query("select from vault.secrets where name like $1", [`%${integrationId}%`]);
    expect(rows).toEqual([]);
    expect(busy.output()).not.toContain("canary");
    await busy.close();
  });

  test("ends the refresh token first, and counts what has ended with it as ended", async () => {
    const ended: (string | null)[] = [];
    let underWay = 0;
    scripted.script.token = async (request, response) => {
      underWay += 1;
      expect(underWay).toBe(1);
      let body = "";
      for await (const piece of request) body += piece;
      ended.push(new URLSearchParams(body).get("token_type_hint"));
      await sleep(50);
      underWay -= 1;
      const isFirst = ended.length === 1;
      json(isFirst ? {} : { error: "invalid_token", error_description: "canary" }, isFirst ? 200 : 400)(
        request,
        response,
      );
    };
    const before = server.output().length;
    expect((await requests.deleteIntegration(await add("scripted"), owner)).data.deleteIntegration).toBe(true);
    expect(ended).toEqual(["refresh_token", "access_token"]);
    expect(server.output().slice(before)).toContain('"complete":true');
  });

  test("removes them where the service is away, slow or says no, and says so in the log alone", async () => {
    for (const answer of [
      (_: unknown, response: { destroy(): void }) => response.destroy(),
      (_: unknown, response: { writeHead(status: number): { end(text: string): void } }) =>
        response.writeHead(503).end("canary"),
    ]) {
      scripted.script.token = answer as typeof scripted.script.token;
      const id = await add("scripted");
      expect((await requests.deleteIntegration(id, owner)).data.deleteIntegration).toBe(true);
      expect(await secretsOf(id)).toEqual([]);
    }
    expect(server.output()).toContain('"complete":false');
    expect(server.output()).not.toContain("canary");
    const known = await add("slack");
    expect((await requests.deleteIntegration(known, owner)).data.deleteIntegration).toBe(true);
    const { organizationId } = owner;
    const msg = "integration not revoked at its service: there is no address for that";
    expect(linesOf(known)).toContainEqual(expect.objectContaining({ msg, service: "slack", organizationId }));
  });

  test("ends no token that another integration holds as well, in whatever organization, until the last of them goes", async () => {
    const ended: (string | null)[] = [];
    scripted.script.token = async (request, response) => {
      let body = "";
      for await (const piece of request) body += piece;
      ended.push(new URLSearchParams(body).get("token"));
      response.end();
    };
    const other = await server.signIn();
    const tokens = { accessToken: "canary-bot-token", refreshToken: null };
    const addTo = async (person: Person, given: object) => {
      const input = { organizationId: person.organizationId, service: "scripted", ...tokens, ...given };
      return (await requests.addIntegration(input, person)).data.addIntegration.id;
    };
    const first = await addTo(owner, {});
    const second = await addTo(other, {});
    expect((await requests.deleteIntegration(first, owner)).data.deleteIntegration).toBe(true);
    expect(ended).toEqual([]);
    const msg = "integration not revoked at its service: another may hold the same token";
    expect(linesOf(first)).toContainEqual(expect.objectContaining({ msg, service: "scripted" }));
    await requests.deleteIntegration(second, other);
    expect(ended).toEqual(["canary-bot-token"]);
    // The same by its refresh token; and one that was stored before its hash was kept counts from its next use on.
    const grant = { accessToken: "canary-one", refreshToken: "canary-grant" };
    const [third, fourth] = [await addTo(owner, grant), await addTo(other, { ...grant, accessToken: "canary-two" })];
    await requests.deleteIntegration(third, owner);
    await server.admin.query("update cloakroom.integrations set access_hash = null, refresh_hash = null");
    expect((await requests.proxy(fourth, "things", other)).status).toBe(200);
    const fifth = await addTo(owner, { accessToken: "canary-two" });
    await requests.deleteIntegration(fifth, owner);
    expect(ended).toEqual(["canary-bot-token"]);
    // And a refresh token from its next refresh on, also where the service keeps to it.
    await server.admin.query("update cloakroom.integrations set refresh_hash = null where id = $1", [fourth]);
    const renewed = { integrationId: fourth, knownVersion: 1 };
    await server.database.call("begin_integration_refresh", renewed, serverCaller);
    await server.database.call(
      "finish_integration_refresh",
      { ...renewed, accessToken: "canary-three", expiresIn: 3600 },
      serverCaller,
    );
    const sixth = await addTo(owner, { ...grant, accessToken: "canary-four" });
    await requests.deleteIntegration(sixth, owner);
    expect(ended).toEqual(["canary-bot-token"]);
    expect(server.output()).not.toContain("canary");
  });

  test("is FORBIDDEN below ADMIN, NOT_FOUND to strangers and UNAUTHENTICATED to nobody, and ends nothing then", async () => {
    scripted.requests.length = 0;
    const id = await add("scripted");
    const remove = async (as: { token?: string }, of = id) => (await requests.deleteIntegration(of, as)).code;
    expect(await remove(await server.signInMember(owner, "MEMBER"))).toBe("FORBIDDEN");
    expect(await remove(await server.signIn())).toBe("NOT_FOUND");
    expect(await remove({})).toBe("UNAUTHENTICATED");
    for (const unknown of unknownIds) expect(await remove(owner, unknown)).toBe("NOT_FOUND");
    expect(await secretsOf(id)).toHaveLength(2);
    expect(scripted.requests).toEqual([]);
  });
});
