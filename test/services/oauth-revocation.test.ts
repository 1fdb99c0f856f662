import type { IncomingMessage } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readSettings } from "../../src/config.js";
import { Plaintext } from "../../src/services/crypto/plaintext.js";
import { createOAuthClient } from "../../src/services/outside/oauth-client.js";
import type { OAuthFailure, OAuthService } from "../../src/services/outside/oauth-service.js";
import { createUpstreamFetch } from "../../src/services/outside/upstream-fetch.js";
import { client, json, type ScriptedService, startScriptedService } from "../support/oauth-provider.js";

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

describe("a token that is ended at its service", () => {
  let scripted: ScriptedService;
  let answer: [status: number, body: object] = [200, {}];
  const seen: Seen[] = [];
  const upstreamFetch = createUpstreamFetch({ allowPrivate: true });
  const oauth = createOAuthClient({ upstreamFetch, timeoutSeconds: 10 });
  beforeAll(async () => {
    scripted = await startScriptedService();
    const record: ScriptedService["script"]["token"] = async (request, response) => {
      let body = "";
      for await (const piece of request) body += piece;
      const { method, url, headers } = request;
      seen.push({ method, url, headers, body });
      if (answer[0] === 204) return void response.writeHead(204).end();
      json(answer[1], answer[0])(request, response);
    };
    Object.assign(scripted.script, { token: record, api: record });
  });
  afterAll(async () => {
    await scripted.close();
    await upstreamFetch.close();
  });
  beforeEach(() => {
    seen.length = 0;
    answer = [200, {}];
  });

  /** A built-in service, but at the scripted one's address. */
  const at = (name: string, path: string): OAuthService => {
    const service = readSettings({}).oauthServices.get(name) as OAuthService;
    return { ...service, clientId: client.id, clientSecret: client.secret, revocationUrl: `${scripted.url}${path}` };
  };
  const failureOf = (service: OAuthService, kind: "access_token" | "refresh_token" = "access_token") =>
    oauth.revoke(service, new Plaintext("canary-token"), kind).then(
      () => null,
      ({ reason, message }: OAuthFailure) => {
        expect(message).not.toContain("canary");
        return reason;
      },
    );
  const basic = `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString("base64")}`;

  it("is named in a form with its kind, beside the client's secret, to services that follow the standard", async () => {
    expect(await failureOf(at("gmail", "/revoke"), "refresh_token")).toBeNull();
    expect(seen[0]?.method).toBe("POST");
    expect(seen[0]?.headers["content-type"]).toBe("application/x-www-form-urlencoded");
    expect(seen[0]?.headers.authorization).toBeUndefined();
    expect(Object.fromEntries(new URLSearchParams(seen[0]?.body))).toEqual({
      token: "canary-token",
      token_type_hint: "refresh_token",
      client_id: client.id,
      client_secret: client.secret,
    });
  });

  it("is named to Notion in JSON and nothing beside it, with a version and the client in a header", async () => {
    expect(await failureOf(at("notion", "/revoke"))).toBeNull();
    expect(seen[0]).toMatchObject({ method: "POST", body: '{"token":"canary-token"}' });
    expect(seen[0]?.headers).toMatchObject({
      authorization: basic,
      "content-type": "application/json",
      "notion-version": expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    });
  });

  it("is deleted at GitHub below the client's own address; of another kind it is left and said to be", async () => {
    answer = [204, {}];
    expect(await failureOf(at("github", "/applications"))).toBeNull();
    expect(seen[0]).toMatchObject({
      method: "DELETE",
      url: `/applications/${client.id}/token`,
      body: '{"access_token":"canary-token"}',
    });
    expect(seen[0]?.headers).toMatchObject({ authorization: basic, "content-type": "application/json" });
    // It says so of a token that has ended, of another client's, and at a wrong address.
    answer = [404, { message: "Not Found" }];
    expect(await failureOf(at("github", "/applications"))).toBe("rejected");
    answer = [422, { message: "Validation Failed" }];
    expect(await failureOf(at("github", "/applications"))).toBe("rejected");
    expect(await failureOf(at("github", "/applications"), "refresh_token")).toBe("rejected");
    expect(seen).toHaveLength(3);
  });

  it("counts as ended where it had ended before, and as alive after any other refusal", async () => {
    const service = at("slack", "/revoke");
    for (const [status, body, reason] of [
      [400, { error: "invalid_token" }, null],
      [200, { ok: false, error: "token_revoked" }, null],
      [200, { ok: false, error: "invalid_auth" }, "rejected"],
      [200, { ok: false }, "rejected"],
      [401, { error: "invalid_client" }, "rejected"],
      [404, {}, "rejected"],
      [503, { error: "canary" }, "rejected"],
    ] as const) {
      answer = [status, body];
      expect(await failureOf(service), JSON.stringify(body)).toBe(reason);
    }
    expect(await failureOf({ ...service, revocationUrl: "http://127.0.0.1:1/" })).toBe("unreachable");
  });
});
