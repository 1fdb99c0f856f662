import { gql } from "@apollo/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCookieClient } from "../../examples/apollo-client/cookie-client.js";
import { newPhone, startTestServer, type TestServer } from "../support/server.js";

/** A browser's cookies, and what it sent. */
function createJar() {
  const cookies = new Map<string, string>();
  const operations: string[] = [];
  const jarred: typeof globalThis.fetch = async (input, init) => {
    const { query } = JSON.parse(String(init?.body)) as { query: string };
    operations.push(/(csrfToken|refreshSession|me|revokeSession|\w+Verification)/.exec(query)?.[1] ?? query);
    const headers = new Headers(init?.headers);
    if (cookies.size > 0) headers.set("cookie", [...cookies].map((pair) => pair.join("=")).join("; "));
    const response = await fetch(input, { ...init, headers });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
  return { cookies, operations, fetch: jarred };
}

const me = gql("query Me { me { id } }");

describe("the example Apollo Client of a page whose tokens stay in cookies", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  async function signedIn() {
    const jar = createJar();
    const client = createCookieClient(server.url, jar.fetch);
    const phone = newPhone();
    await client.mutate({
      mutation: gql("mutation Start($phone: String!) { startVerification(input: { phone: $phone }) { phone } }"),
      variables: { phone },
    });
    const { data } = await client.mutate<{ confirmVerification: { accessToken: string | null } }>({
      mutation: gql(`mutation Confirm($phone: String!, $code: String!) {
        confirmVerification(input: { phone: $phone, code: $code, useCookies: true }) { accessToken expiresAt }
      }`),
      variables: { phone, code: server.codeOf(phone) },
    });
    expect(data?.confirmVerification.accessToken).toBe(null);
    return { jar, client };
  }

  it("signs in, asks and signs out, and no token is ever in an answer", async () => {
    const { jar, client } = await signedIn();
    expect((await client.query<{ me: { id: string } }>({ query: me })).data?.me.id).toBeTruthy();
    await client.mutate({ mutation: gql("mutation Out { revokeSession }") });
    expect(jar.cookies.size).toBe(0);
    await expect(client.query({ query: me })).rejects.toThrow();
  });

  it("refreshes once for all that come too late, and asks again", async () => {
    const { jar, client } = await signedIn();
    const name = [...jar.cookies.keys()].find((one) => one.endsWith("session")) ?? "";
    // An access token of the same session that has ended.
    const { sign } = await import("jsonwebtoken").then((module) => module.default);
    const claims = JSON.parse(Buffer.from(jar.cookies.get(name)?.split(".")[1] ?? "", "base64url").toString());
    jar.cookies.set(
      name,
      sign({ ...claims, iat: claims.iat - 7200, exp: claims.exp - 7200 }, server.config.supabaseJwtSecret ?? ""),
    );
    jar.operations.length = 0;
    const answers = await Promise.all(
      [1, 2, 3].map(() => client.query({ query: me, context: { queryDeduplication: false } })),
    );
    expect(answers.every(({ data }) => data)).toBe(true);
    expect(jar.operations.filter((operation) => operation === "refreshSession")).toHaveLength(1);
  });
});
