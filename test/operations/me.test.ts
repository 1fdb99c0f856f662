import { createHmac, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Requests, requestsOf } from "../support/requests.js";
import { newPhone, startTestServer, type TestServer } from "../support/server.js";

describe("me", () => {
  let server: TestServer;
  let requests: Requests;
  beforeAll(async () => {
    server = await startTestServer();
    requests = requestsOf(server);
  });
  afterAll(() => server.close());

  test("answers the signed-in user, the phone masked", async () => {
    const phone = newPhone();
    const person = await server.signIn(phone, { name: "Grace" });
    const { data, text } = await requests.me({ token: person.token });
    expect(data.me).toMatchObject({ id: person.userId, name: "Grace", phone: `+1••••••••${phone.slice(-2)}` });
    expect(data.me.organizations.map(({ id }) => id)).toEqual([person.organizationId]);
    expect(Math.abs(Date.parse(data.me.createdAt) - Date.now())).toBeLessThan(60_000);
    expect(text).not.toContain(phone.slice(1));
  });

  test("nobody, and anyone with a token that is not quite one, is UNAUTHENTICATED", async () => {
    const { token, userId, sessionId } = await server.signIn();
    const [header, payload, signature] = token.split(".");
    const signed = (claims: object, alg = "HS256") => {
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
      const text = `${part({ alg, typ: "JWT" })}.${part(claims)}`;
      return `${text}.${createHmac("sha256", server.config.supabaseJwtSecret ?? "")
        .update(text)
        .digest("base64url")}`;
    };
    const now = Math.floor(Date.now() / 1000);
    const good = {
      iss: "cloakroom",
      aud: "authenticated",
      role: "authenticated",
      sub: userId,
      session_id: sessionId,
      iat: now,
      exp: now + 60,
    };
    expect((await requests.me({ token: signed(good) })).code).toBeNull();
    const tokens = [
      undefined,
      "x",
      "..",
      `${header}.${payload}.`,
      `${header}.${payload}.${signature}=`,
      `${header}.${payload}.${signature}.${signature}`,
      signed(good, "none"),
      signed({ ...good, role: "service_role" }),
      signed({ ...good, exp: undefined }),
      signed({ ...good, exp: now - 1 }),
      signed({ ...good, sub: undefined }),
      signed({ ...good, session_id: randomUUID() }),
      signed({ ...good, sub: randomUUID() }),
      "A".repeat(7000),
    ];
    for (const one of tokens) expect((await requests.me({ token: one })).code, one).toBe("UNAUTHENTICATED");
  });
});
