import { gql } from "@apollo/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCookieClient } from "../../examples/apollo-client/cookie-client.js";
import { newPhone, startTestServer, type TestServer } from "../support/server.js";

/** A browser's cookies, what it sent, and which server answers now in place of the first. */
function createJar() {
  const cookies = new Map<string, string>();
  const operations: string[] = [];
  const jar = { cookies, operations, answeredBy: null as string | null };
  const jarred: typeof globalThis.fetch = async (input, init) => {
    const { query } = JSON.parse(String(init?.body)) as { query: string };
    operations.push(
      /\b(csrfToken|refreshSession|me|updateProfile|createTable|revokeSession|\w+Verification)\b/.exec(query)?.[1] ??
        query,
    );
    const headers = new Headers(init?.headers);
    if (cookies.size > 0) headers.set("cookie", [...cookies].map((pair) => pair.join("=")).join("; "));
    const response = await fetch(jar.answeredBy ?? input, { ...init, headers });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
  return Object.assign(jar, { fetch: jarred });
}

const me = gql("query Me { me { id } }");
const rename = gql("mutation Rename($name: String) { updateProfile(input: { name: $name }) { name } }");

interface Renamed {
  updateProfile: { name: string };
}

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
    return { jar, client, phone };
  }

  /** In place of the jar's access token one of the same session that has ended. */
  async function outlive(jar: ReturnType<typeof createJar>) {
    const name = [...jar.cookies.keys()].find((one) => one.endsWith("session")) ?? "";
    const { sign } = await import("jsonwebtoken").then((module) => module.default);
    const claims = JSON.parse(Buffer.from(jar.cookies.get(name)?.split(".")[1] ?? "", "base64url").toString());
    const ended = { ...claims, iat: claims.iat - 7200, exp: claims.exp - 7200 };
    jar.cookies.set(name, sign(ended, server.config.supabaseJwtSecret ?? ""));
  }

  /** From now on the jar is answered by a server with another DATABASE_SALT, to which its page's token means nothing. */
  async function changeSalt(jar: ReturnType<typeof createJar>) {
    const replica = await server.startReplica({}, { databaseSalt: "another-database-salt-of-forty-characters" });
    jar.answeredBy = `${replica.url}/graphql`;
    jar.operations.length = 0;
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
    await outlive(jar);
    jar.operations.length = 0;
    const answers = await Promise.all(
      [1, 2, 3].map(() => client.query({ query: me, context: { queryDeduplication: false } })),
    );
    expect(answers.every(({ data }) => data)).toBe(true);
    expect(jar.operations.filter((operation) => operation === "refreshSession")).toHaveLength(1);
  });

  it("sends a mutation again with a new token where the server's DATABASE_SALT has changed", async () => {
    const { jar, client } = await signedIn();
    await client.mutate({ mutation: rename, variables: { name: "Ada" } });
    await changeSalt(jar);
    const { data } = await client.mutate<Renamed>({ mutation: rename, variables: { name: "Grace" } });
    expect(data?.updateProfile.name).toBe("Grace");
    expect(jar.operations).toEqual(["updateProfile", "csrfToken", "updateProfile"]);
    await client.mutate({ mutation: rename, variables: { name: "Ada" } });
    expect(jar.operations).toHaveLength(4);
  });

  it("refreshes a session although the server's DATABASE_SALT has changed", async () => {
    const { jar, client } = await signedIn();
    await client.mutate({ mutation: rename, variables: { name: "Ada" } });
    await changeSalt(jar);
    await outlive(jar);
    expect((await client.query<{ me: { id: string } }>({ query: me })).data?.me.id).toBeTruthy();
    expect(jar.operations).toEqual(["me", "refreshSession", "csrfToken", "refreshSession", "me"]);
  });

  it("sends a mutation once that is FORBIDDEN for what it asks", async () => {
    const { jar, client, phone } = await signedIn();
    const owner = await server.signIn();
    const { organizationId } = owner;
    await server.graphql(
      "mutation($input: AddMemberInput!) { addMember(input: $input) { id } }",
      { input: { organizationId, phone, role: "VIEWER" } },
      { token: owner.token },
    );
    await client.query({ query: me });
    jar.operations.length = 0;
    const create = client.mutate({
      mutation: gql("mutation Create($input: CreateTableInput!) { createTable(input: $input) { id } }"),
      variables: { input: { organizationId, name: "Patients" } },
    });
    await expect(create).rejects.toMatchObject({ errors: [{ extensions: { code: "FORBIDDEN" } }] });
    expect(jar.operations.filter((operation) => operation === "createTable")).toHaveLength(1);
  });
});
