import { randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Person, startTestServer, type TestServer } from "../support/server.js";
import { canariesIn, tableDump } from "../support/table-dump.js";
import {
  githubHeaders,
  minutesFromNow,
  standardHeaders,
  stripeHeaders,
  type WebhookRequests,
  webhooksOf,
} from "../support/webhooks.js";

describe("POST /hooks/:endpointId", () => {
  let server: TestServer;
  let requests: WebhookRequests;
  let owner: Person;
  beforeAll(async () => {
    server = await startTestServer();
    requests = webhooksOf(server);
    owner = await server.signIn();
  });
  afterAll(() => server.close());

  const endpointOf = async (style = "STANDARD", secret?: string, person = owner) => {
    const input = { organizationId: person.organizationId, name: `of ${style}`, style, secret };
    const { data, text } = await requests.addWebhookEndpoint(input, { token: person.token });
    if (!data?.addWebhookEndpoint) throw new Error(text);
    const { endpoint, secret: made } = data.addWebhookEndpoint;
    return { ...endpoint, secret: made };
  };
  const eventsOf = async ({ id }: { id: string }, person = owner) =>
    (await requests.events(person.organizationId, { token: person.token })).get(id)?.nodes ?? [];
  const statusOf = async (path: string, body: string | Buffer, headers: Record<string, string>) =>
    (await requests.deliver(path, body, headers)).status;

  describe("of Standard Webhooks", () => {
    test("takes what the standardwebhooks package signs, and lists it under the sender's id", async () => {
      const endpoint = await endpointOf();
      const body = '{"type": "user.created", "n": 1.0}';
      const answer = await requests.deliver(
        endpoint.path,
        body,
        standardHeaders(endpoint.secret, body, { id: "msg_1" }),
      );
      expect([answer.status, answer.headers.get("cache-control")]).toEqual([200, "no-store"]);
      const [event, ...others] = await eventsOf(endpoint);
      expect(others).toEqual([]);
      expect(event).toMatchObject({ id: answer.eventId, messageId: "msg_1", eventType: "user.created" });
      expect(event).toMatchObject({ payload: { type: "user.created", n: 1 }, rawPayload: body });
      const { data } = await requests.webhookEndpoints(owner.organizationId, { token: owner.token });
      expect(data.webhookEndpoints.find(({ id }) => id === endpoint.id)?.lastDeliveryAt).toBe(event?.receivedAt);
    });

    test("verifies the bytes as they came: white space, any script, escapes, a byte order mark", async () => {
      const endpoint = await endpointOf();
      const bodies = [
        '  {\r\n\t"a" :\n[ ] }\n\n',
        '{"text": "Grüße 你好 👩‍👩‍👧‍👦 \\u00e9 \\ud83d\\ude00"}',
        '\ufeff{"with": "a mark"}',
        '"a string"',
        "[]",
        "0",
        "false",
        '{"a":1,"a":2}',
      ];
      for (const body of bodies)
        expect(await statusOf(endpoint.path, body, standardHeaders(endpoint.secret, body)), body).toBe(200);
      const events = [...(await eventsOf(endpoint))].reverse();
      const texts = bodies.map((body) => body.replace("\ufeff", ""));
      expect(events.map(({ payload }) => payload)).toEqual(texts.map((text) => JSON.parse(text)));
      expect(events.map(({ rawPayload }) => rawPayload)).toEqual(texts);
      for (const [signed, sent] of [
        ['{"a": 1}', '{"a":1}'],
        ['{"a":1}', '\ufeff{"a":1}'],
        ['{"é":1}', '{"e\u0301":1}'],
        ["[]", "[]\n"],
      ] as const)
        expect(await statusOf(endpoint.path, sent, standardHeaders(endpoint.secret, signed))).toBe(401);
    });

    test("refuses another byte, id, time or secret, and a time off by more than five minutes or not canonical", async () => {
      const endpoint = await endpointOf();
      const other = await endpointOf();
      const body = '{"a": 1}';
      const signed = standardHeaders(endpoint.secret, body, { id: "msg_1" });
      const secondsFromNow = (seconds: number) =>
        standardHeaders(endpoint.secret, body, { at: minutesFromNow(seconds / 60) });
      const attempts: [string, Record<string, string>, string?][] = [
        ["a changed byte", signed, '{"a": 2}'],
        ["a byte more", signed, `${body} `],
        ["an empty body", signed, ""],
        ["a swapped id", { ...signed, "webhook-id": "msg_2" }],
        ["no id", { ...signed, "webhook-id": "" }],
        ["an id that holds a time", standardHeaders(endpoint.secret, body, { id: "msg.1760000000" })],
        ["an id that is too long", standardHeaders(endpoint.secret, body, { id: "m".repeat(257) })],
        ["another time", { ...signed, "webhook-timestamp": String(Number(signed["webhook-timestamp"]) + 1) }],
        ["301 seconds and more ago", secondsFromNow(-301)],
        ["in 302 seconds", secondsFromNow(302)],
        ["123abc", { ...signed, "webhook-timestamp": `${signed["webhook-timestamp"]}abc` }],
        ["a leading zero", { ...signed, "webhook-timestamp": `0${signed["webhook-timestamp"]}` }],
        ["a plus", { ...signed, "webhook-timestamp": `+${signed["webhook-timestamp"]}` }],
        [
          "another version",
          { ...signed, "webhook-signature": signed["webhook-signature"]?.replace("v1,", "v2,") ?? "" },
        ],
        ["no signature", { ...signed, "webhook-signature": "" }],
        ["an endless signature", { ...signed, "webhook-signature": "v1,AAAA ".repeat(1500) }],
        ["another endpoint's secret", standardHeaders(other.secret, body)],
        ["GitHub's way", githubHeaders(endpoint.secret, body)],
        ["Stripe's way", stripeHeaders(endpoint.secret, '{"id": "evt_1"}'), '{"id": "evt_1"}'],
        ["a bearer", { authorization: `Bearer ${owner.token}` }],
        ["nothing", {}],
      ];
      for (const [what, headers, sent = body] of attempts)
        expect(await statusOf(endpoint.path, sent, headers), what).toBe(401);
      expect(await eventsOf(endpoint)).toEqual([]);
      for (const seconds of [-298, 300]) expect(await statusOf(endpoint.path, body, secondsFromNow(seconds))).toBe(200);
    });

    test("keeps every digit of a number in rawPayload, which is the body to the character", async () => {
      const endpoint = await endpointOf();
      const body = '{"id": 12345678901234567890, "price": 0.10, "twice": 1, "twice": 2}';
      expect(await statusOf(endpoint.path, body, standardHeaders(endpoint.secret, body))).toBe(200);
      expect((await eventsOf(endpoint))[0]).toMatchObject({ rawPayload: body, payload: JSON.parse(body) });
    });

    test("names the event by the payload's type where that is text of at most 256 characters", async () => {
      const endpoint = await endpointOf();
      const types = ["é".repeat(256), "x".repeat(257), "", 7, null, { type: "inner" }];
      const bodies = [...types.map((type) => ({ type })), {}, ["type"], "type"].map((body) => JSON.stringify(body));
      for (const body of bodies)
        expect(await statusOf(endpoint.path, body, standardHeaders(endpoint.secret, body))).toBe(200);
      const seen = (await eventsOf(endpoint)).map(({ eventType }) => eventType).reverse();
      expect(seen).toEqual(["é".repeat(256), null, "", ...Array(6).fill(null)]);
    });

    test("takes one right signature among several, though not the seventeenth", async () => {
      const endpoint = await endpointOf();
      const wrong = (count: number) => Array.from({ length: count }, () => `v1,${randomBytes(32).toString("base64")}`);
      const among = (before: number) => {
        const signed = standardHeaders(endpoint.secret, "[1]");
        const all = ["v1a,of-another-kind", ...wrong(before), signed["webhook-signature"], ...wrong(1)];
        return { ...signed, "webhook-signature": all.join(" ") };
      };
      expect(await statusOf(endpoint.path, "[1]", among(3))).toBe(200);
      expect(await statusOf(endpoint.path, "[1]", among(15))).toBe(200);
      expect(await statusOf(endpoint.path, "[1]", among(16))).toBe(401);
    });

    test("answers the same to an id that comes again with its body, and 409 with another", async () => {
      const endpoint = await endpointOf();
      const send = (body: string, minutes = 0) =>
        requests.deliver(
          endpoint.path,
          body,
          standardHeaders(endpoint.secret, body, { id: "msg_1", at: minutesFromNow(minutes) }),
        );
      const first = await send('{"a": 1}');
      const again = await send('{"a": 1}', 1);
      expect([again.status, again.text]).toEqual([200, first.text]);
      expect((await send('{"a": 2}')).status).toBe(409);
      expect((await eventsOf(endpoint)).length).toBe(1);
      const elsewhere = await endpointOf();
      const signed = standardHeaders(elsewhere.secret, '{"a": 2}', { id: "msg_1" });
      expect(await statusOf(elsewhere.path, '{"a": 2}', signed)).toBe(200);
    });

    test("answers fifty replays at once alike, and stores one", async () => {
      const endpoint = await endpointOf();
      const body = JSON.stringify({ big: "x".repeat(20_000) });
      const signed = standardHeaders(endpoint.secret, body);
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => requests.deliver(endpoint.path, body, signed)),
      );
      expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
      expect(answers[0]?.status).toBe(200);
      expect((await eventsOf(endpoint)).length).toBe(1);
    });
  });

  describe("of GitHub's style", () => {
    test("takes X-Hub-Signature-256 over the body under X-GitHub-Delivery, with any secret of 16 characters", async () => {
      const endpoint = await endpointOf("GITHUB", "It's a Secret to Everybody");
      const body = '{"ref": "refs/heads/main"}';
      expect(await statusOf(endpoint.path, body, githubHeaders(endpoint.secret, body, { id: "d-1" }))).toBe(200);
      expect((await eventsOf(endpoint))[0]).toMatchObject({ messageId: "d-1", eventType: "push", rawPayload: body });
      const signed = githubHeaders(endpoint.secret, body, { id: "d-2" });
      const upperCase = signed["x-hub-signature-256"].toUpperCase().replace("SHA256", "sha256");
      for (const headers of [
        githubHeaders("It's a Secret to Everybody!", body),
        { ...signed, "x-hub-signature-256": upperCase },
        { ...signed, "x-hub-signature-256": signed["x-hub-signature-256"].slice(7) },
        { ...signed, "x-github-delivery": "" },
        standardHeaders(`whsec_${Buffer.from(endpoint.secret).toString("base64")}`, body),
      ])
        expect(await statusOf(endpoint.path, body, headers)).toBe(401);
    });

    test("stores a body once whatever id it comes under, for GitHub signs no id", async () => {
      const endpoint = await endpointOf("GITHUB");
      const send = async (body: string, id: string) =>
        requests.deliver(endpoint.path, body, githubHeaders(endpoint.secret, body, { id }));
      const first = await send('{"a": 1}', "d-1");
      expect((await send('{"a": 1}', "d-2")).text).toBe(first.text);
      expect((await send('{"a": 2}', "d-1")).status).toBe(409);
      expect((await send('{"a": 2}', "d-3")).status).toBe(200);
      expect((await eventsOf(endpoint)).map(({ messageId }) => messageId)).toEqual(["d-3", "d-1"]);
    });

    test("binds each id to the body that it came with first, also where that body was known already", async () => {
      const endpoint = await endpointOf("GITHUB");
      const send = async (body: string, id: string) =>
        requests.deliver(endpoint.path, body, githubHeaders(endpoint.secret, body, { id }));
      const first = await send('{"a": 1}', "d-1");
      expect((await send('{"a": 1}', "d-2")).text).toBe(first.text);
      expect((await send('{"a": 2}', "d-2")).status).toBe(409);
      expect((await send('{"a": 1}', "d-2")).text).toBe(first.text);
    });

    test("tells deliveries of equal bodies apart by X-GitHub-Event, and binds an id to its type", async () => {
      const endpoint = await endpointOf("GITHUB");
      const send = (id: string, event: string) =>
        requests.deliver(endpoint.path, "{}", githubHeaders(endpoint.secret, "{}", { id, event }));
      const first = await send("d-1", "star");
      const second = await send("d-2", "watch");
      expect([second.status, second.eventId === first.eventId]).toEqual([200, false]);
      expect((await send("d-3", "star")).eventId).toBe(first.eventId);
      expect((await send("d-4", "watch")).eventId).toBe(second.eventId);
      expect((await send("d-1", "watch")).status).toBe(409);
      const none = await send("d-5", "no <type>");
      expect((await send("d-6", "x".repeat(101))).eventId).toBe(none.eventId);
      const types = (await eventsOf(endpoint)).map(({ eventType }) => eventType);
      expect(types).toEqual([null, "watch", "star"]);
    });

    test("keeps sixteen ids of one body, so that who saw one delivery makes no endless number of events of it", async () => {
      const endpoint = await endpointOf("GITHUB");
      for (let n = 1; n <= 40; n++) {
        const headers = githubHeaders(endpoint.secret, "{}", { id: `d-${n}`, event: `type_${n}` });
        expect(await statusOf(endpoint.path, "{}", headers)).toBe(200);
      }
      expect((await eventsOf(endpoint)).length).toBe(16);
      const { rows } = await server.admin.query(
        "select count(*)::integer as count from cloakroom.webhook_deliveries where endpoint_id = $1",
        [endpoint.id],
      );
      expect(rows).toEqual([{ count: 16 }]);
    });

    test("refuses payloads as forms in a sentence that says what to choose", async () => {
      const endpoint = await endpointOf("GITHUB");
      const body = `payload=${encodeURIComponent('{"a": 1}')}`;
      const headers = {
        ...githubHeaders(endpoint.secret, body),
        "content-type": "application/x-www-form-urlencoded",
      };
      const answer = await requests.deliver(endpoint.path, body, headers);
      expect([answer.status, answer.text]).toEqual([415, expect.stringContaining("choose application/json")]);
    });
  });

  describe("of Stripe's style", () => {
    const event = (fields: object = {}) =>
      JSON.stringify({ id: "evt_1", object: "event", type: "charge.captured", pending_webhooks: 2, ...fields });

    test("takes Stripe-Signature over time and body, and names the event by its own id", async () => {
      const endpoint = await endpointOf("STRIPE", "whsec_of-stripe-itself-0123456789");
      expect(await statusOf(endpoint.path, event(), stripeHeaders(endpoint.secret, event()))).toBe(200);
      const named = { messageId: "evt_1", eventType: "charge.captured", payload: { object: "event" } };
      expect((await eventsOf(endpoint))[0]).toMatchObject(named);
    });

    test("refuses another byte, time or secret, two times, and times off by more than five minutes", async () => {
      const endpoint = await endpointOf("STRIPE");
      const body = event();
      const signature = stripeHeaders(endpoint.secret, body)["stripe-signature"];
      const signedAt = (seconds: number) =>
        stripeHeaders(endpoint.secret, body, { at: minutesFromNow(seconds / 60) })["stripe-signature"];
      const [time = "", v1 = ""] = signature.split(",");
      for (const [what, header, sent = body] of [
        ["a changed byte", signature, event({ object: "Event" })],
        ["another secret", stripeHeaders("another-secret-0123456789", body)["stripe-signature"]],
        ["301 seconds and more ago", signedAt(-301)],
        ["in 302 seconds", signedAt(302)],
        ["123abc", `${time}abc,${v1}`],
        ["two times", `${time},${time},${v1}`],
        ["no time", v1],
        ["the old scheme", `${time},${v1.replace("v1", "v0")}`],
        ["no signature", time],
      ] as const)
        expect(await statusOf(endpoint.path, sent, { "stripe-signature": header }), what).toBe(401);
      expect(await statusOf(endpoint.path, body, { "stripe-signature": `${time},v1=${"0".repeat(64)},${v1}` })).toBe(
        200,
      );
    });

    test("knows an event that is sent again though fewer endpoints wait for it, and 409s for another", async () => {
      const endpoint = await endpointOf("STRIPE");
      const send = (body: string) => requests.deliver(endpoint.path, body, stripeHeaders(endpoint.secret, body));
      const first = await send(event());
      expect((await send(event({ pending_webhooks: 1 }))).text).toBe(first.text);
      expect((await send(event({ object: "other" }))).status).toBe(409);
      expect((await eventsOf(endpoint)).length).toBe(1);
    });

    test("refuses a signed event without an id", async () => {
      const endpoint = await endpointOf("STRIPE");
      for (const body of ['{"object": "event"}', '{"id": 7}', '{"id": ""}', '["evt_1"]', '"evt_1"'])
        expect(await statusOf(endpoint.path, body, stripeHeaders(endpoint.secret, body)), body).toBe(400);
      expect(await eventsOf(endpoint)).toEqual([]);
    });
  });

  test("answers what does not verify alike to the letter, whether there is an endpoint or not", async () => {
    const endpoint = await endpointOf();
    const stranger = await server.signIn();
    const foreign = await endpointOf("STANDARD", undefined, stranger);
    const signed = standardHeaders(endpoint.secret, "[1]");
    const paths = [endpoint.path, foreign.path, `/hooks/${randomUUID()}`, "/hooks/no-uuid", "/hooks/%27%20or%201=1"];
    const answers = await Promise.all(paths.map((path) => requests.deliver(path, "[2]", signed)));
    const seen = answers.map(({ status, text, headers }) => {
      const { date: _, ...others } = Object.fromEntries(headers);
      return JSON.stringify([status, text, others]);
    });
    expect(answers[0]?.status).toBe(401);
    expect(new Set(seen).size).toBe(1);
    for (const canary of [endpoint.id, "signature", "secret"]) expect(seen[0]).not.toContain(canary);
  });

  test("stores one organization's deliveries where no other reads them", async () => {
    const endpoint = await endpointOf();
    const stranger = await server.signIn();
    const theirs = await endpointOf("STANDARD", endpoint.secret, stranger);
    for (const [{ path }, body] of [
      [endpoint, "[1]"],
      [theirs, "[2]"],
    ] as const)
      expect(await statusOf(path, body, standardHeaders(endpoint.secret, body, { id: "msg_of_both" }))).toBe(200);
    expect((await requests.webhookEndpoints(owner.organizationId, { token: stranger.token })).code).toBe("NOT_FOUND");
    const seen = await requests.events(stranger.organizationId, { token: stranger.token });
    expect([...seen].map(([id, { nodes }]) => [id, nodes.map(({ payload }) => payload)])).toEqual([[theirs.id, [[2]]]]);
    const byOwner = await requests.events(owner.organizationId, { token: owner.token });
    expect(byOwner.has(theirs.id)).toBe(false);
    expect(byOwner.get(endpoint.id)?.nodes.map(({ payload }) => payload)).toEqual([[1]]);
  });

  test("refuses a signed body that is no payload in a sentence without any of it, and stores nothing", async () => {
    const endpoint = await endpointOf();
    const canary = "canary-5b1f";
    const bodies = [
      `{"${canary}": `,
      canary,
      "",
      "null",
      ` \ufeff"${canary}"`,
      `{"${canary}": "\\u0000"}`,
      `{"${canary}": "\\ud83d"}`,
      `{"${canary}\u0000": 1}`,
      `[1e400, "${canary}"]`,
      `${"[".repeat(60)}"${canary}"${"]".repeat(60)}`,
      "[".repeat(500_000),
      `payload=%7B%22${canary}%22%7D`,
    ];
    for (const body of bodies) {
      const answer = await requests.deliver(endpoint.path, body, standardHeaders(endpoint.secret, body));
      expect([answer.status, answer.text], body.slice(0, 40)).toEqual([400, expect.stringContaining("The body")]);
      expect(answer.text).not.toContain(canary);
    }
    const latin = Buffer.from([0x22, 0xe9, 0x22]);
    const github = await endpointOf("GITHUB");
    expect(await statusOf(github.path, latin, githubHeaders(github.secret, latin))).toBe(400);
    expect([...(await eventsOf(endpoint)), ...(await eventsOf(github))]).toEqual([]);
    expect(canariesIn(server.output(), [canary])).toEqual([]);
  });

  test("takes 1 MiB and not a byte more, JSON of any name and no other type, and no other method", async () => {
    const endpoint = await endpointOf();
    const text = (length: number) => JSON.stringify("x".repeat(length - 2));
    const send = (body: string, type = "application/json") =>
      requests.deliver(endpoint.path, body, { ...standardHeaders(endpoint.secret, body), "content-type": type });
    expect((await send(text(2 ** 20))).status).toBe(200);
    const large = await send(text(2 ** 20 + 1));
    expect([large.status, large.text]).toEqual([413, expect.stringContaining("1 MiB")]);
    expect((await send("[]", "application/cloudevents+json; charset=utf-8")).status).toBe(200);
    for (const type of ["text/plain", "text/json", "application/jsonp", "multipart/form-data; boundary=x", ""])
      expect((await send("[]", type)).status, type).toBe(415);
    for (const method of ["GET", "PUT", "PATCH", "DELETE", "HEAD"]) {
      const answer = await fetch(server.url + endpoint.path, { method });
      expect([answer.status, answer.headers.get("allow")], method).toEqual([405, "POST"]);
    }
  });

  test("leaves secret, payload and the sender's id in no table, no log line and no refusal", async () => {
    const secret = `whsec_${Buffer.from("canary secret of thirty-two byte").toString("base64")}`;
    const endpoint = await endpointOf("STANDARD", secret);
    const canaries = [secret, "canary secret of thirty-two byte", "canary-payload-77aa", "canary-message-id-31"];
    const body = JSON.stringify({ text: canaries[2] });
    const signed = standardHeaders(secret, body, { id: canaries[3] ?? "" });
    const refusals = [
      await requests.deliver(endpoint.path, `${body} `, signed),
      await requests.deliver(endpoint.path, body.slice(1), standardHeaders(secret, body.slice(1))),
    ];
    expect((await requests.deliver(endpoint.path, body, signed)).status).toBe(200);
    expect(JSON.stringify(await eventsOf(endpoint))).toContain(canaries[2]);
    const seen = server.output() + refusals.map(({ text }) => text) + (await tableDump(server.admin));
    expect(canariesIn(seen, canaries)).toEqual([]);
  });
});

describe("the limits of POST /hooks/:endpointId", () => {
  test("count failures against the network, and a sender that delivered before by its endpoint", async () => {
    const server = await startTestServer({ REQUESTS_PER_MINUTE: "6", TRUST_PROXY: "true" });
    try {
      const owner = await server.signIn();
      const requests = webhooksOf(server);
      const input = { organizationId: owner.organizationId, name: "limited" };
      const { data } = await requests.addWebhookEndpoint(input, { token: owner.token });
      const { endpoint, secret } = data.addWebhookEndpoint;
      const send = (body: string, from: string, path = endpoint.path) =>
        requests.deliver(path, body, { ...standardHeaders(secret, "[1]"), "x-forwarded-for": from });
      expect((await send("[1]", "203.0.113.1")).status).toBe(200);
      const failures = await Promise.all(
        Array.from({ length: 20 }, () => send("[2]", "203.0.113.1", `/hooks/${randomUUID()}`)),
      );
      expect(failures.map(({ status }) => status).sort()).toEqual([...Array(6).fill(401), ...Array(14).fill(429)]);
      expect(Number(failures.find(({ status }) => status === 429)?.headers.get("retry-after"))).toBeGreaterThan(0);
      expect((await send("[1]", "203.0.113.1")).status).toBe(200);
      expect((await send("[1]", "203.0.113.2")).status).toBe(200);
    } finally {
      await server.close();
    }
  });

  test("count nothing that is stored, and of what verifies whatever had come before, conflicts or is no payload", async () => {
    const server = await startTestServer({ REQUESTS_PER_MINUTE: "3" });
    try {
      const owner = await server.signIn();
      const requests = webhooksOf(server);
      const endpointOf = async (name: string) => {
        const input = { organizationId: owner.organizationId, name };
        const { data } = await requests.addWebhookEndpoint(input, { token: owner.token });
        const { endpoint, secret } = data.addWebhookEndpoint;
        return async (body: string, id: string) =>
          (await requests.deliver(endpoint.path, body, standardHeaders(secret, body, { id }))).status;
      };
      const busy = await endpointOf("busy");
      const statuses = [];
      for (let n = 0; n < 12; n++) statuses.push(await busy(`[${n}]`, `msg_${n}`));
      expect(statuses).toEqual(Array(12).fill(200));
      const again = [await busy("[0]", "msg_0"), await busy("[1]", "msg_0"), await busy("{", "msg")];
      expect(again).toEqual([200, 409, 400]);
      expect(await busy("[0]", "msg_0")).toBe(429);
      // Another's endpoint is not held up by it.
      expect(await (await endpointOf("other"))("[0]", "msg_0")).toBe(200);
    } finally {
      await server.close();
    }
  });
});
