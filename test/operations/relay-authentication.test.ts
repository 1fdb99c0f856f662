import { createHmac, randomUUID } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildCloakroomSchema } from "../../src/schema.js";
import { ingestBody, post, signedHeaders } from "../support/relay-requests.js";
import { relaySecret, startTestServer, type TestServer } from "../support/server.js";
import { doorsOf } from "./misuse/doors.js";
import { argumentsWith, bodyWithVariables } from "./misuse/requests.js";

const newSecret = `whsec_${Buffer.from("the secret that comes after it 32").toString("base64")}`;

describe("the relay is known", () => {
  let test: TestServer;
  beforeAll(async () => {
    test = await startTestServer({ RELAY_WEBHOOK_SECRET: `${relaySecret},${newSecret}` });
  });
  afterAll(() => test.close());

  const codeOf = async (body: string, headers: Record<string, string>) => (await post(test.url, body, headers)).code;

  it("by signatures of the npm library standardwebhooks, under either of two secrets, alone or among several", async () => {
    const body = ingestBody({ text: "Grüße 🔐" });
    const [id, at] = [randomUUID(), new Date()];
    const [old, fresh] = [relaySecret, newSecret].map((secret) => new Webhook(secret).sign(id, at, body));
    for (const signature of [old, fresh, `${old} ${fresh}`, `v1,AAAA v1a,another-kind ${fresh}`]) {
      const headers = { ...signedHeaders(body, { id, at }), "webhook-signature": signature ?? "" };
      expect(await codeOf(body, headers)).toBe(null);
    }
  });

  it("neither after a changed byte, nor under another id, nor six minutes off, nor at the time 123abc", async () => {
    const body = ingestBody({ text: "a message" });
    const signed = signedHeaders(body);
    expect(await codeOf(body.replace("a message", "b message"), signed)).toBe("FORBIDDEN");
    expect(await codeOf(`${body} `, signed)).toBe("FORBIDDEN");
    expect(await codeOf(body, { ...signed, "webhook-id": randomUUID() })).toBe("FORBIDDEN");
    for (const minutes of [-6, 6])
      expect(await codeOf(body, signedHeaders(body, { at: new Date(Date.now() + minutes * 60_000) }))).toBe(
        "FORBIDDEN",
      );
    const key = Buffer.from(relaySecret.slice("whsec_".length), "base64");
    for (const timestamp of ["123abc", `${Math.floor(Date.now() / 1000)}abc`]) {
      const signature = createHmac("sha256", key).update(`msg.${timestamp}.${body}`).digest("base64");
      const headers = { "webhook-id": "msg", "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
      expect(await codeOf(body, headers)).toBe("FORBIDDEN");
    }
  });

  it("so that of two bodies that come at once under one id one is stored and the other is CONFLICT", async () => {
    const bodies = ["one", "two"].map((text) => ingestBody({ text }));
    const codes = await Promise.all(bodies.map((body) => codeOf(body, signedHeaders(body, { id: "raced" }))));
    expect(codes.sort()).toEqual(["CONFLICT", null]);
  });

  it("and answered as at first by the next process over the same database", async () => {
    const body = ingestBody({ text: "before a restart" });
    const headers = () => signedHeaders(body, { id: "restarted" });
    const first = await post(test.url, body, headers());
    const next = await test.startReplica();
    expect((await post(next.url, body, headers())).text).toBe(first.text);
    const other = ingestBody({ text: "another" });
    expect((await post(next.url, other, signedHeaders(other, { id: "restarted" }))).code).toBe("CONFLICT");
  });
});

/** What anybody may ask without a name. */
const isForAnybody =
  /^(Query\.(csrfToken|session|connectedAccount)|Mutation\.(\w+Verification|refreshSession|connect|saveThread|disconnect))$/;

const values: Record<string, unknown> = {
  ID: randomUUID(),
  String: "+14155550100",
  Int: 1,
  Float: 1,
  Boolean: false,
  JSON: "x",
  JSONObject: {},
  DateTime: "2026-01-01T00:00:00Z",
};

describe("the relay", () => {
  let test: TestServer;
  beforeAll(async () => {
    test = await startTestServer({ RELAY_AUTH: "signature,bearer" });
  });
  afterAll(() => test.close());

  it("is nobody to every operation but its own, signed or by bearer", async () => {
    const doors = doorsOf(await buildCloakroomSchema()).filter(({ name }) => !isForAnybody.test(name));
    const others = doors.filter(({ name }) => name !== "Mutation.ingestMessage");
    expect(others.length).toBeGreaterThan(30);
    for (const door of others) {
      const body = bodyWithVariables(
        door,
        argumentsWith(door, (_, __, type) => values[type]),
        0,
      );
      for (const headers of [signedHeaders(body), { authorization: `Bearer ${relaySecret}` }])
        expect((await post(test.url, body, headers)).code, door.name).toBe("UNAUTHENTICATED");
    }
  });

  it("may not hide another operation behind its message", async () => {
    const { variables, query } = JSON.parse(ingestBody({ text: "with a rider" }));
    const body = JSON.stringify({
      query: query.replace(/\}\s*$/, "revokeAllSessions(includeCurrent: true) }"),
      variables,
    });
    const { errors } = await post(test.url, body, signedHeaders(body));
    expect(errors.map(({ path, extensions }) => [path, extensions?.code])).toEqual([
      [["revokeAllSessions"], "UNAUTHENTICATED"],
    ]);
  });

  it("that comes by bearer is no failed sign-in", async () => {
    for (let times = 0; times < 3; times++)
      expect((await post(test.url, ingestBody({}), { authorization: `Bearer ${relaySecret}` })).code).toBe(null);
    const metrics = await (await fetch(`${test.url}/metrics`)).text();
    expect(metrics).toMatch(/cloakroom_failures_total\{kind="access_token"\} 0/);
    expect(metrics).toMatch(/cloakroom_failures_total\{kind="relay_signature"\} 0/);
  });
});

describe("ingestMessage by the bare secret", () => {
  const bearer = { authorization: `Bearer ${relaySecret}` };

  it.each([
    ["signature", "FORBIDDEN", null],
    ["bearer", null, "FORBIDDEN"],
    ["signature,bearer", null, null],
  ])("where RELAY_AUTH is %s: bearer %s, signature %s", async (ways, byBearer, bySignature) => {
    const test = await startTestServer({ RELAY_AUTH: ways });
    const body = ingestBody({});
    expect((await post(test.url, body, bearer)).code).toBe(byBearer);
    expect((await post(test.url, body, signedHeaders(body))).code).toBe(bySignature);
    await test.close();
  });
});

describe("a user", () => {
  it("is refused ingestMessage, as is nobody", async () => {
    const test = await startTestServer();
    const person = await test.signIn();
    const senders: Record<string, string>[] = [{}, { authorization: `Bearer ${person.token}` }];
    for (const headers of senders) expect((await post(test.url, ingestBody({}), headers)).code).toBe("FORBIDDEN");
    const { rowCount } = await test.admin.query("select from cloakroom.messages");
    expect(rowCount).toBe(0);
    await test.close();
  });
});
