import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSettings } from "../../src/config.js";
import { Plaintext } from "../../src/services/crypto/plaintext.js";
import { createOAuthClient } from "../../src/services/outside/oauth-client.js";
import type { OAuthFailure, OAuthService } from "../../src/services/outside/oauth-service.js";
import { createUpstreamFetch } from "../../src/services/outside/upstream-fetch.js";
import { client, json, type ScriptedService, startScriptedService } from "../support/oauth-provider.js";

describe("this server as an OAuth client", () => {
  let scripted: ScriptedService;
  let service: OAuthService;
  const upstreamFetch = createUpstreamFetch({ allowPrivate: true });
  const oauth = createOAuthClient({ upstreamFetch, timeoutSeconds: 10 });
  const hasty = createOAuthClient({ upstreamFetch, timeoutSeconds: 0.3 });
  beforeAll(async () => {
    scripted = await startScriptedService();
    service = readSettings(scripted.settings).oauthServices.get("scripted") as OAuthService;
  });
  afterAll(async () => {
    await scripted.close();
    await upstreamFetch.close();
  });

  const failureOf = (promise: Promise<unknown>) =>
    promise.then(
      () => null,
      ({ name, reason, status, retryAfter, message, cause }: OAuthFailure & { cause?: unknown }) => ({
        name,
        reason,
        status,
        retryAfter,
        said: `${message} ${cause}`,
      }),
    );
  const refresh = (by = oauth) => by.refresh(service, new Plaintext("canary-refresh-token"));

  it("gives up a service that does not begin to answer, or never ends", async () => {
    const held: { destroy(): void }[] = [];
    scripted.script.token = (_, response) => void held.push(response);
    expect(await failureOf(refresh(hasty))).toMatchObject({ name: "OAuthFailure", reason: "unreachable" });
    scripted.script.token = (_, response) => {
      held.push(response);
      response.writeHead(200, { "content-type": "application/json" }).write('{"access_token":"canary');
      const drip = setInterval(() => (response.destroyed ? clearInterval(drip) : response.write(" ")), 50);
    };
    const started = performance.now();
    expect(await failureOf(refresh(hasty))).toMatchObject({ name: "OAuthFailure", reason: "rubbish" });
    expect(performance.now() - started).toBeLessThan(10_000);
    for (const response of held) response.destroy();
  });

  it("tells what is worth nothing from what may yet work, in words that are none of the service's", async () => {
    for (const [answer, reason, status, retryAfter] of [
      [json({ error: "invalid_grant", error_description: "canary" }, 400), "refused", 400, null],
      [json({ ok: false, error: "invalid_refresh_token" }), "refused", 200, null],
      [json({ error: "bad_refresh_token" }), "refused", 200, null],
      [json({ error: "invalid_client", error_description: "canary" }, 401), "rejected", 401, null],
      [json({ error: "canary" }, 400), "rejected", 400, null],
      [json({}, 500), "rejected", 500, null],
      [json({ access_token: 7 }), "rubbish", 200, null],
      [json({ access_token: "canary", token_type: "bearer", expires_in: "soon" }), "rubbish", 200, null],
      [json({ access_token: "canary", token_type: "bearer", refresh_token: ["canary"] }), "rubbish", 200, null],
      [json({ access_token: "canary", token_type: "bearer", expires_in: -5 }), "rubbish", 200, null],
    ] as const) {
      scripted.script.token = answer;
      const failure = await failureOf(refresh());
      expect(failure).toMatchObject({ reason, status, retryAfter });
      expect(failure?.said).not.toContain("canary");
    }
    scripted.script.token = (_, response) => void response.writeHead(503, { "retry-after": "90" }).end("canary");
    expect(await failureOf(refresh())).toMatchObject({ reason: "rejected", status: 503, retryAfter: 90 });
  });

  it("reads how long to wait in seconds or as a time, and takes nothing else for either", async () => {
    const asked = async (retryAfter: string) => {
      scripted.script.token = (_, response) => void response.writeHead(429, { "retry-after": retryAfter }).end();
      return (await failureOf(refresh()))?.retryAfter;
    };
    const inTwoMinutes = await asked(new Date(Date.now() + 120_000).toUTCString());
    expect(inTwoMinutes).toBeGreaterThan(110);
    expect(inTwoMinutes).toBeLessThanOrEqual(120);
    expect(await asked("Wed, 21 Oct 2015 07:28:00 GMT")).toBe(0);
    for (const other of ["soon", "-1", "1.5", "12345678", "tomorrow GMT", "2090-01-01"])
      expect(await asked(other)).toBeNull();
  });

  it("proves itself as the service wants it: in the body, in a header, or not at all; in a form or in JSON", async () => {
    const seen: { authorization: string | undefined; type: string | undefined; body: string }[] = [];
    scripted.script.token = async (request, response) => {
      let body = "";
      for await (const piece of request) body += piece;
      seen.push({ authorization: request.headers.authorization, type: request.headers["content-type"], body });
      json({ access_token: "a-token-of-a-service", token_type: "bearer" })(request, response);
    };
    const ways = ["post", "basic", "none"] as const;
    for (const clientAuthentication of ways)
      await oauth.refresh({ ...service, clientAuthentication }, new Plaintext("refresh"));
    const tokens = await oauth.refresh({ ...service, tokenRequests: "json" }, new Plaintext("refresh"));
    const [post, basic, none, asJson] = seen;
    expect(new URLSearchParams(post?.body).get("client_secret")).toBe(client.secret);
    expect(post?.authorization).toBeUndefined();
    expect(Buffer.from(basic?.authorization?.slice(6) ?? "", "base64").toString()).toBe(
      `${client.id}:${encodeURIComponent(client.secret)}`,
    );
    expect(basic?.body).not.toContain("secret");
    expect(none?.body).not.toContain("secret");
    expect(new URLSearchParams(none?.body).get("client_id")).toBe(client.id);
    expect(asJson?.type).toBe("application/json");
    expect(JSON.parse(asJson?.body ?? "")).toMatchObject({ grant_type: "refresh_token", refresh_token: "refresh" });
    // Whatever prints it prints no token.
    expect(JSON.stringify(tokens)).not.toContain("a-token");
    expect(tokens.accessToken.reveal()).toBe("a-token-of-a-service");
  });
});
