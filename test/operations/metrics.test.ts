import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newPhone, startTestServer, type TestServer } from "../support/server.js";

const read = (url: string, headers: Record<string, string> = {}) => fetch(`${url}/metrics`, { headers });

describe("GET /metrics", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ METRICS_TOKEN: "a-token-of-the-scraper" });
  });
  afterAll(() => server.close());

  it("answers the bearer of METRICS_TOKEN in Prometheus' text, and nobody else", async () => {
    const { status, headers } = await read(server.url, { authorization: "Bearer a-token-of-the-scraper" });
    expect([status, headers.get("content-type")]).toEqual([200, expect.stringContaining("text/plain")]);
    expect((await read(server.url)).status).toBe(401);
    expect((await read(server.url, { authorization: "Bearer a-token-of-the-scrape" })).status).toBe(401);
    expect((await fetch(`${server.url}/metrics`, { method: "POST" })).status).toBe(405);
  });

  it("counts requests, database calls and failures, and holds nothing of anybody", async () => {
    const person = await server.signIn();
    const phone = newPhone();
    await server.graphql(
      "mutation($input: ConfirmVerificationInput!) { confirmVerification(input: $input) { expiresAt } }",
      { input: { phone, code: "000000" } },
    );
    await server.graphql("{ me { id } }", {}, { token: "no.such.token" });
    await fetch(`${server.url}/a-path-of-somebody`);
    const text = await (await read(server.url, { authorization: "Bearer a-token-of-the-scraper" })).text();
    expect(text).toMatch(/cloakroom_failures_total\{kind="code"\} 1/);
    expect(text).toMatch(/cloakroom_failures_total\{kind="access_token"\} 1/);
    expect(text).toMatch(/cloakroom_database_call_seconds_count\{function="confirm_verification",outcome="ok"\} 2/);
    expect(text).toMatch(/cloakroom_http_request_seconds_count\{method="POST",route="\/graphql",status="200"\}/);
    for (const canary of [
      person.userId,
      person.phone,
      person.phone.slice(1),
      phone,
      person.token,
      "a-path-of-somebody",
    ])
      expect(text).not.toContain(canary);
  });
});

describe("GET /metrics without METRICS_TOKEN", () => {
  it("answers callers on this machine, and nobody where a proxy stands before it", async () => {
    for (const [settings, status] of [
      [{}, 200],
      [{ TRUST_PROXY: "true" }, 404],
      [{ TRUST_PROXY: "10.0.0.1" }, 404],
    ] as const) {
      const server = await startTestServer(settings);
      expect((await read(server.url)).status).toBe(status);
      await server.close();
    }
  });
});
