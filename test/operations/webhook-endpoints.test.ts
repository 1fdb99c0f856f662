import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { unknownIds } from "../support/requests.js";
import { type Person, startTestServer, type TestServer } from "../support/server.js";
import { standardHeaders, type WebhookRequests, webhooksOf } from "../support/webhooks.js";

describe("webhookEndpoints", () => {
  let server: TestServer;
  let requests: WebhookRequests;
  beforeAll(async () => {
    server = await startTestServer();
    requests = webhooksOf(server);
  });
  afterAll(() => server.close());

  const add = async ({ organizationId, token }: Person, name: string) =>
    (await requests.addWebhookEndpoint({ organizationId, name }, { token })).data.addWebhookEndpoint;
  const deliver = async (made: Awaited<ReturnType<typeof add>>, payload: unknown) => {
    const body = JSON.stringify(payload);
    const { status, eventId } = await requests.deliver(
      made.endpoint.path,
      body,
      standardHeaders(made.secret, body, { id: `msg_${payload}` }),
    );
    expect(status).toBe(200);
    return eventId;
  };

  test("answers an organization's endpoints, oldest first, and nothing of their secrets", async () => {
    const owner = await server.signIn();
    const made = [await add(owner, "first"), await add(owner, "second")];
    const { data, text } = await requests.webhookEndpoints(owner.organizationId, { token: owner.token });
    expect(data.webhookEndpoints).toEqual(made.map(({ endpoint }) => endpoint));
    for (const { secret } of made) expect(text).not.toContain(secret.slice(6));
  });

  test("pages each endpoint's events, newest first, by cursors of this list alone", async () => {
    const owner = await server.signIn();
    const [one, other, idle] = [await add(owner, "one"), await add(owner, "other"), await add(owner, "idle")];
    const ids = [];
    for (let n = 1; n <= 5; n++) ids.unshift(await deliver(one, n));
    await deliver(other, 1);
    const pageOf = (first: number, after: string | null = null) =>
      requests.events(owner.organizationId, { token: owner.token }, { first, after });
    const page = await pageOf(2);
    const of = ({ endpoint }: typeof one) => page.get(endpoint.id);
    expect(of(one)?.nodes.map(({ payload, messageId }) => [payload, messageId])).toEqual([
      [5, "msg_5"],
      [4, "msg_4"],
    ]);
    expect(of(one)?.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    expect(of(other)?.nodes.map(({ payload }) => payload)).toEqual([1]);
    expect(of(other)?.pageInfo.hasNextPage).toBe(false);
    expect(of(idle)?.nodes).toEqual([]);
    const next = (await pageOf(3, of(one)?.pageInfo.endCursor)).get(one.endpoint.id);
    expect(next?.edges.map(({ node }) => node.id)).toEqual(ids.slice(2));
    expect(next?.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    for (const [first, after, field] of [
      [0, null, "first"],
      [501, null, "first"],
      [1, "nonsense", "after"],
    ] as const) {
      const query = `query($id: ID!, $first: Int!, $after: String) {
        webhookEndpoints(organizationId: $id) { events(first: $first, after: $after) { nodes { id } } }
      }`;
      const answer = await server.graphql(query, { id: owner.organizationId, first, after }, { token: owner.token });
      expect([answer.code, answer.errors[0]?.extensions?.field]).toEqual(["BAD_USER_INPUT", field]);
    }
  });

  test("asks the database once for the events of all endpoints", async () => {
    const owner = await server.signIn();
    for (const name of ["a", "b", "c", "d"]) await add(owner, name);
    const calls: string[] = [];
    const { call } = server.database;
    server.database.call = async (fn, args, caller) => {
      calls.push(fn);
      return call(fn, args, caller);
    };
    try {
      expect((await requests.events(owner.organizationId, { token: owner.token })).size).toBe(4);
    } finally {
      server.database.call = call;
    }
    expect(calls).toEqual(["webhook_endpoints", "webhook_events"]);
  });

  test("fetches payloads as JSON or as text, each once, by what the request names", async () => {
    const owner = await server.signIn();
    await deliver(await add(owner, "texts"), "seven");
    const asked: unknown[] = [];
    const { call } = server.database;
    server.database.call = async (fn, args, caller) => {
      const answer = await call(fn, args, caller);
      if (fn === "webhook_events") asked.push(answer);
      return answer;
    };
    try {
      for (const fields of [
        "payload",
        "raw: rawPayload",
        "payload ...F } } } } fragment F on WebhookEvent { rawPayload",
      ]) {
        const ends = fields.includes("fragment") ? "}" : "} } } }";
        const query = `query($id: ID!) { webhookEndpoints(organizationId: $id) { events { nodes { ${fields} ${ends}`;
        const { text, code } = await server.graphql(query, { id: owner.organizationId }, { token: owner.token });
        expect([code, text]).toEqual([null, expect.stringContaining("seven")]);
      }
    } finally {
      server.database.call = call;
    }
    const json = expect.objectContaining({ payload: "seven", rawPayload: null });
    const text = expect.objectContaining({ payload: null, rawPayload: '"seven"' });
    expect(asked).toEqual([[json], [text], [text]]);
  });

  test("is FORBIDDEN below ADMIN, NOT_FOUND to strangers and UNAUTHENTICATED to nobody", async () => {
    const owner = await server.signIn();
    await deliver(await add(owner, "hidden"), 1);
    const query = "query($id: ID!) { webhookEndpoints(organizationId: $id) { events { nodes { payload } } } }";
    const codeFor = async (token?: string, id = owner.organizationId) =>
      (await server.graphql(query, { id }, token ? { token } : {})).code;
    expect(await codeFor((await server.signInMember(owner, "VIEWER")).token)).toBe("FORBIDDEN");
    expect(await codeFor((await server.signInMember(owner, "MEMBER")).token)).toBe("FORBIDDEN");
    expect(await codeFor((await server.signInMember(owner, "ADMIN")).token)).toBeNull();
    expect(await codeFor((await server.signIn()).token)).toBe("NOT_FOUND");
    for (const id of unknownIds) expect(await codeFor(owner.token, id)).toBe("NOT_FOUND");
    expect(await codeFor()).toBe("UNAUTHENTICATED");
  });
});
