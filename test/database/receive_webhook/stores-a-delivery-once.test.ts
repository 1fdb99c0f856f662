import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isOnDisk } from "../../support/disk-search.js";
import { type Person, startTestServer, type TestServer } from "../../support/server.js";
import { githubHeaders, standardHeaders, type WebhookRequests, webhooksOf } from "../../support/webhooks.js";

describe("receive_webhook", () => {
  let server: TestServer;
  let requests: WebhookRequests;
  let owner: Person;
  beforeAll(async () => {
    server = await startTestServer();
    requests = webhooksOf(server);
    owner = await server.signIn();
  });
  afterAll(() => server.close());

  async function endpoint(style = "STANDARD", secret?: string) {
    const input = { organizationId: owner.organizationId, name: "once", style, secret };
    const { data } = await requests.addWebhookEndpoint(input, { token: owner.token });
    const { endpoint, secret: made } = data.addWebhookEndpoint;
    const deliver = (body: string, id: string) => {
      const headers = style === "GITHUB" ? githubHeaders(made, body, { id }) : standardHeaders(made, body, { id });
      return requests.deliver(endpoint.path, body, headers);
    };
    const rotate = async (overlapSeconds: number) => {
      const { data } = await requests.rotateWebhookSecret({ id: endpoint.id, overlapSeconds }, { token: owner.token });
      return data.rotateWebhookSecret.endpoint.id;
    };
    return { id: endpoint.id, path: endpoint.path, deliver, rotate };
  }
  const eventsOf = async (id: string) =>
    (await requests.events(owner.organizationId, { token: owner.token })).get(id)?.nodes ?? [];

  /** Returns once so many calls wait for a lock. @throws Error after ten seconds */
  async function untilWaiting(count: number): Promise<void> {
    const waiting = `select count(*)::integer as count from pg_stat_activity
      where wait_event_type = 'Lock' and datname = current_database()`;
    for (const deadline = Date.now() + 10_000; Date.now() < deadline; ) {
      const { rows } = await server.admin.query(waiting);
      if (rows[0].count >= count) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`There are no ${count} calls that wait for a lock.`);
  }

  /**
   * Runs `sql` while a delivery waits for its endpoint's row, behind what came `before` it: calls take turns.
   * @returns the answer to the delivery
   */
  async function whileWaiting<Answer>(
    id: string,
    delivery: () => Promise<Answer>,
    { sql, before = [] }: { sql?: string; before?: readonly (() => Promise<unknown>)[] },
  ): Promise<Answer> {
    const admin = await server.admin.connect();
    try {
      await admin.query("begin");
      await admin.query("select from cloakroom.webhook_endpoints where id = $1 for update", [id]);
      const earlier: Promise<unknown>[] = [];
      for (const call of before) {
        const answer = call();
        answer.catch(() => undefined);
        earlier.push(answer);
        await untilWaiting(earlier.length);
      }
      const answer = delivery();
      answer.catch(() => undefined);
      await untilWaiting(earlier.length + 1);
      if (sql) await admin.query(sql);
      await admin.query("commit");
      await Promise.all(earlier);
      return await answer;
    } finally {
      // Whatever went wrong above, nobody waits for this row any longer.
      await admin.query("rollback").catch(() => undefined);
      admin.release();
    }
  }

  it("keeps nothing of a delivery whose connection is killed, answers 503, and stores it when it comes again", async () => {
    const { id, deliver } = await endpoint();
    const killed = await whileWaiting(id, () => deliver("[1]", "msg_1"), {
      sql: `select pg_terminate_backend(pid) from pg_stat_activity
          where wait_event_type = 'Lock' and datname = current_database()`,
    });
    expect(killed.status).toBe(503);
    expect(await eventsOf(id)).toEqual([]);
    const again = await deliver("[1]", "msg_1");
    expect([again.status, (await eventsOf(id)).map((event) => event.id)]).toEqual([200, [again.eventId]]);
  });

  it("refuses a delivery whose endpoint is deleted while it waits", async () => {
    const { id, deliver } = await endpoint();
    const sql = `delete from cloakroom.webhook_endpoints where id = '${id}'`;
    expect((await whileWaiting(id, () => deliver("[1]", "msg_1"), { sql })).status).toBe(401);
  });

  it("refuses a delivery whose secret a rotation without overlap ends while it waits, new or known, and stores nothing", async () => {
    const { id, deliver, rotate } = await endpoint();
    const before = [() => rotate(0)];
    expect((await whileWaiting(id, () => deliver("[1]", "msg_1"), { before })).status).toBe(401);
    expect(await eventsOf(id)).toEqual([]);
    const other = await endpoint();
    expect((await other.deliver("[1]", "msg_1")).status).toBe(200);
    const known = await whileWaiting(other.id, () => other.deliver("[1]", "msg_1"), {
      before: [() => other.rotate(0)],
    });
    expect(known.status).toBe(401);
  });

  it("takes a delivery whose secret signs on after the rotation for which it waits, and refuses it where that time ends meanwhile", async () => {
    const { id, deliver, rotate } = await endpoint();
    const answer = await whileWaiting(id, () => deliver("[1]", "msg_1"), { before: [() => rotate(3600)] });
    expect([answer.status, (await eventsOf(id)).length]).toEqual([200, 1]);
    const sql = `update cloakroom.webhook_endpoints set previous_secret_until = now() where id = '${id}'`;
    expect((await whileWaiting(id, () => deliver("[2]", "msg_2"), { sql })).status).toBe(401);
    expect((await eventsOf(id)).length).toBe(1);
  });

  it("holds a signed time for good for five minutes, and not a second more, either way", async () => {
    const { rows } = await server.admin.query(
      `select array_agg(cloakroom_private.is_webhook_time((floor(extract(epoch from clock_timestamp())) + off)::text)
         order by off) as held from unnest(array[-301, -300, 300, 301]) off`,
    );
    expect(rows[0].held).toEqual([false, true, true, false]);
  });

  it("numbers fifty different deliveries at once without a gap", async () => {
    const { id, deliver } = await endpoint();
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => deliver(`[${n}]`, `msg_${n}`)));
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    const { rows } = await server.admin.query(
      "select array_agg(sequence::integer order by sequence) as numbers from cloakroom.webhook_events where endpoint_id = $1",
      [id],
    );
    expect(rows[0].numbers).toEqual(Array.from({ length: 50 }, (_, n) => n + 1));
  });

  it("verifies the delivery that GitHub's documentation gives, and then finds that it is no JSON", async () => {
    const { path } = await endpoint("GITHUB", "It's a Secret to Everybody");
    const headers = {
      "x-github-delivery": "d-1",
      "x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
    };
    expect((await requests.deliver(path, "Hello, World!", headers)).status).toBe(400);
    expect((await requests.deliver(path, "Hello, World?", headers)).status).toBe(401);
  });

  it("keeps an event for 30 days, of any endpoint, and knows its id for as long; GitHub's for ever", async () => {
    const [standard, github, other] = [await endpoint(), await endpoint("GITHUB"), await endpoint()];
    const first = await standard.deliver("[1]", "msg_1");
    const onGithub = await github.deliver("[1]", "msg_1");
    const age = (by: string) =>
      server.admin.query(`
        update cloakroom.webhook_events set received_at = received_at - interval '${by}';
        update cloakroom.webhook_deliveries set forget_at = forget_at - interval '${by}'`);
    await age("29 days 23 hours");
    expect([(await eventsOf(standard.id)).length, (await eventsOf(github.id)).length]).toEqual([1, 1]);
    expect((await standard.deliver("[1]", "msg_1")).eventId).toBe(first.eventId);
    await age("2 hours");
    expect(await eventsOf(standard.id)).toEqual([]);
    await other.deliver("[2]", "msg_2");
    const { rows } = await server.admin.query(
      "select endpoint_id as id from cloakroom.webhook_events where received_at < now() - interval '29 days'",
    );
    expect(rows).toEqual([]);
    expect((await github.deliver("[1]", "another id")).eventId).toBe(onGithub.eventId);
    expect(await eventsOf(github.id)).toEqual([]);
    const anew = await standard.deliver("[1]", "msg_1");
    expect([anew.status, anew.eventId === first.eventId]).toEqual([200, false]);
  });

  it("knows what GitHub sent before types of events were kept, under whatever id and type it comes again", async () => {
    const { id, deliver } = await endpoint("GITHUB");
    const first = await deliver("{}", "d-1");
    await server.admin.query("update cloakroom.webhook_deliveries set event_type_hash = null where endpoint_id = $1", [
      id,
    ]);
    await server.admin.query("update cloakroom.webhook_events set event_type_sealed = null where endpoint_id = $1", [
      id,
    ]);
    expect((await deliver("{}", "d-1")).eventId).toBe(first.eventId);
    expect((await deliver("{}", "d-2")).eventId).toBe(first.eventId);
    expect((await eventsOf(id)).map(({ messageId, eventType }) => [messageId, eventType])).toEqual([["d-1", null]]);
  });

  it("keeps the newest 10,000 events of an endpoint", async () => {
    const { id, deliver } = await endpoint();
    for (const n of [1, 2, 3]) await deliver(`[${n}]`, `msg_${n}`);
    await server.admin.query("update cloakroom.webhook_endpoints set last_sequence = 10001 where id = $1", [id]);
    await deliver("[4]", "msg_4");
    expect((await eventsOf(id)).map(({ payload }) => payload)).toEqual([[4], [3]]);
    expect((await deliver("[1]", "msg_1")).status).toBe(200);
    expect((await eventsOf(id)).length).toBe(2);
  });

  it("keeps 1 GiB of an endpoint's payloads, and lets the oldest go first", async () => {
    const { id, deliver } = await endpoint();
    for (const n of [1, 2, 3]) await deliver(`[${n}]`, `msg_${n}`);
    const other = await endpoint();
    await other.deliver("[5]", "msg_5");
    const count = (bytes: number) =>
      server.admin.query("update cloakroom.webhook_endpoints set bytes_so_far = bytes_so_far + $2 where id = $1", [
        id,
        bytes,
      ]);
    // [3] and [4] have six bytes.
    await count(1024 ** 3 - 6);
    await deliver("[4]", "msg_4");
    expect((await eventsOf(id)).map(({ payload }) => payload)).toEqual([[4], [3]]);
    await count(10 * 1024 ** 3);
    await deliver("[6]", "msg_6");
    expect((await eventsOf(id)).map(({ payload }) => payload)).toEqual([[6]]);
    expect((await eventsOf(other.id)).map(({ payload }) => payload)).toEqual([[5]]);
  });

  it("answers no more than 64 MiB of payloads at once, in a sentence", async () => {
    const { id, deliver } = await endpoint();
    await deliver(JSON.stringify("x".repeat(1_000_000)), "msg_1");
    await server.admin.query(
      `insert into cloakroom.webhook_events
       select gen_random_uuid(), organization_id, endpoint_id, sequence + n, message_id_sealed, payload_sealed, received_at
       from cloakroom.webhook_events, generate_series(1, 67) n where endpoint_id = $1`,
      [id],
    );
    const query =
      "query($id: ID!) { webhookEndpoints(organizationId: $id) { events(first: 100) { nodes { payload } } } }";
    const answer = await server.graphql(query, { id: owner.organizationId }, { token: owner.token });
    expect([answer.code, answer.errors[0]?.message]).toEqual(["BAD_USER_INPUT", expect.stringContaining("64 MiB")]);
    await requests.deleteWebhookEndpoint(id, { token: owner.token });
  });

  it("opens no event but those of the page: what is behind it neither counts nor has to open", async () => {
    const { id, deliver } = await endpoint();
    for (const n of [1, 2]) await deliver(`[${n}]`, `msg_${n}`);
    await server.admin.query(
      "update cloakroom.webhook_events set payload_sealed = repeat('x', 90000000) where endpoint_id = $1 and sequence = 1",
      [id],
    );
    const page = (await requests.events(owner.organizationId, { token: owner.token }, { first: 1 })).get(id);
    expect(page?.nodes.map(({ payload }) => payload)).toEqual([[2]]);
    expect(page?.pageInfo.hasNextPage).toBe(true);
    await requests.deleteWebhookEndpoint(id, { token: owner.token });
  });

  it("leaves neither payload nor id nor type on disk: not in heap, index or write-ahead log", async () => {
    const { id, deliver } = await endpoint();
    const canaries = ["canary-payload-on-disk-91c", "canary-id-on-disk-91c", "canary-type-on-disk-91c"] as const;
    expect((await deliver(JSON.stringify({ [canaries[0]]: 1, type: canaries[2] }), canaries[1])).status).toBe(200);
    for (const canary of canaries) expect(JSON.stringify(await eventsOf(id))).toContain(canary);
    for (const canary of canaries)
      for (const table of ["webhook_events", "webhook_deliveries", "webhook_endpoints"])
        for (const form of [canary, Buffer.from(`["${canary}"]`).toString("base64").slice(0, -4)])
          expect(await isOnDisk(server.admin, `cloakroom.${table}`, form)).toBe(false);
    expect(await isOnDisk(server.admin, "cloakroom.webhook_endpoints", "STANDARD")).toBe(true);
  });

  it("is for the server alone", async () => {
    const caller = { role: "authenticated", claims: { sub: owner.userId, session_id: owner.sessionId } } as const;
    const args = { webhookEndpointId: (await endpoint()).id, headers: {}, body: "" };
    const call = server.database.call("receive_webhook", args, { ...caller, accessToken: null, clientAddress: null });
    await expect(call).rejects.toMatchObject({ sqlState: "42501" });
  });
});
