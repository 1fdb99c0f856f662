import { expect, it } from "vitest";
import type { Calls } from "../../../src/database/contract.generated.js";
import { githubHeaders, standardHeaders } from "../../support/webhooks.js";
import type { Suite } from "../support/contract.js";
import { nobodysId, notFound, server } from "../support/stage.js";

export const webhooks: Suite = (stage) => {
  const as =
    <F extends keyof Calls>(fn: F) =>
    (args: Calls[F]["args"], caller = stage().owner.caller) =>
      stage().call(fn, args, caller);
  const list = as("webhook_endpoints");
  const byId = as("webhook_endpoint_by_id");
  const rotate = as("rotate_webhook_secret");
  const remove = as("delete_webhook_endpoint");
  const events = as("webhook_events");
  const add = (args: object = {}, caller = stage().owner.caller) => {
    const { organizationId } = stage();
    return stage().call("add_webhook_endpoint", { organizationId, name: "Öne", ...args }, caller);
  };
  const receive = (webhookEndpointId: string, headers: unknown, body: string, caller = server) =>
    stage().call("receive_webhook", { webhookEndpointId, headers, body: Buffer.from(body).toString("base64") }, caller);
  const deliver = (id: string, secret: string, body: string, messageId = "msg_1") =>
    receive(id, standardHeaders(secret, body, { id: messageId, at }), body);
  /** When the deliveries of a case are signed: two of the same are then the same to the letter, whenever they come. */
  let at = new Date();
  const refused = { outcome: "refused", eventId: null };

  /** An endpoint, with what opens its events. */
  async function endpoint(args: object = {}) {
    at = new Date();
    const { endpoint, secret } = await add(args);
    return { id: endpoint.id, secret, events: () => events({ webhookEndpointIds: [endpoint.id] }) };
  }

  it("makes an endpoint whose secret is in that one answer", async () => {
    const { organizationId, admin } = stage();
    const made = await add({}, admin.caller);
    expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const { id } = made.endpoint;
    expect(made.endpoint).toMatchObject({ organizationId, name: "Öne", style: "STANDARD", path: `/hooks/${id}` });
    expect(made.endpoint).toMatchObject({ lastDeliveryAt: null, previousSecretUntil: null });
    const listed = await list({ organizationId }, admin.caller);
    expect(listed).toEqual([made.endpoint]);
    expect(await byId({ id }, admin.caller)).toEqual(made.endpoint);
    const [event] = await stage().call("audit_events", { organizationId, first: 1 }, admin.caller);
    expect(event).toMatchObject({ action: "WEBHOOK_ENDPOINT_ADDED", targetId: id, actorId: admin.userId });
    const { rows } = await stage().driver.admin.query("select e::text as line from cloakroom.webhook_endpoints e");
    for (const seen of [listed, event, rows]) expect(JSON.stringify(seen)).not.toContain(made.secret);
    await remove({ webhookEndpointId: id });
  });

  it.each([
    [{ name: " " }, "input.name"],
    [{ style: "canary" }, "input.style"],
    [{ secret: "whsec_canary" }, "input.secret"],
    [{ style: "GITHUB", secret: "canary" }, "input.secret"],
    [{ style: "STRIPE", secret: "canary\nof-two-lines" }, "input.secret"],
  ])("refuses %j by its field, without a word of it", async (changed, field) => {
    const refusal = await stage().refusal(add(changed));
    expect(refusal).toMatchObject({ sqlState: "CR422", detail: field });
    expect(JSON.stringify(refusal)).not.toContain("canary");
  });

  it.each([
    ['{"snake_key":{"inner_key":[1,{"a_b":null}]},"camelKey":"é☃\\u202e","b":1,"a":2}'],
    ['[1,[],{},-1.5e-7,12345678901234567890,0.1,true,""]'],
    ['"{\\"a\\":1}"'],
    ['"null"'],
    ['""'],
    ["0"],
    ["false"],
    ["[]"],
  ])("answers the payload %s as it came, keys in their order", async (body) => {
    const { id, secret, events } = await endpoint();
    const receipt = await deliver(id, secret, body);
    expect(receipt).toEqual({ outcome: "received", eventId: expect.any(String) });
    const [event] = await events();
    expect(event).toMatchObject({ id: receipt.eventId, endpointId: id, messageId: "msg_1" });
    expect(JSON.stringify(event?.payload)).toBe(JSON.stringify(JSON.parse(body)));
    const [asText] = await stage().call(
      "webhook_events",
      { webhookEndpointIds: [id], asText: true },
      stage().owner.caller,
    );
    expect([asText?.rawPayload, asText?.payload, event?.rawPayload]).toEqual([body, null, null]);
    const stored = "select e::text as line from cloakroom.webhook_events e where e.endpoint_id = $1";
    const { rows } = await stage().driver.admin.query(stored, [id]);
    expect(rows[0].line).not.toContain("msg_1");
    await remove({ webhookEndpointId: id });
  });

  it("stores a delivery once, and refuses its id with another body", async () => {
    const { id, secret, events } = await endpoint();
    const first = await deliver(id, secret, '{"a":1}');
    expect(await deliver(id, secret, '{"a":1}')).toEqual({ ...first, outcome: "repeated" });
    expect((await stage().refusal(deliver(id, secret, '{"a":2}'))).sqlState).toBe("CR409");
    expect(await events()).toHaveLength(1);
    await remove({ webhookEndpointId: id });
  });

  it("stores a delivery once that comes twenty times at once", async () => {
    const { id, secret, events } = await endpoint();
    const body = '{"at":"once"}';
    const args = {
      webhookEndpointId: id,
      headers: standardHeaders(secret, body, { id: "msg_1", at }),
      body: Buffer.from(body).toString("base64"),
    };
    const { database } = stage().driver;
    const ask = () => database.call("receive_webhook", args, server);
    const receipts = await Promise.all(Array.from({ length: 20 }, ask));
    expect(new Set(receipts.map(({ eventId }) => eventId)).size).toBe(1);
    expect(await events()).toHaveLength(1);
    await remove({ webhookEndpointId: id });
  });

  it("refuses what another secret signed, what nobody signed, and any endpoint that is none, all in one way", async () => {
    const { id, secret, events } = await endpoint();
    const other = await endpoint();
    const body = '{"a":1}';
    expect(await deliver(id, other.secret, body)).toEqual(refused);
    expect(await receive(id, standardHeaders(secret, body, { id: "msg_1", at }), '{"a":2}')).toEqual(refused);
    for (const headers of [{}, { "webhook-id": "msg_1" }, "canary", [], null])
      expect(await receive(id, headers, body)).toEqual(refused);
    expect(await deliver(nobodysId, secret, body)).toEqual(refused);
    expect(await stage().refusal(deliver("none", secret, body))).toEqual(notFound);
    expect(await events()).toEqual([]);
    for (const one of [id, other.id]) await remove({ webhookEndpointId: one });
  });

  it.each(["null", "{", "canary", "[1e400]", '"\\u0000"'])("refuses the signed body %s by its field", async (body) => {
    const { id, secret } = await endpoint();
    const refusal = await stage().refusal(deliver(id, secret, body));
    expect(refusal).toMatchObject({ sqlState: "CR422", detail: "body" });
    expect(JSON.stringify(refusal)).not.toContain("canary");
    const asUser = stage().refusal(receive(id, {}, body, stage().owner.caller));
    expect((await asUser).sqlState).toBe("42501");
    await remove({ webhookEndpointId: id });
  });

  it("takes deliveries in GitHub's style, signed with a secret of one's own", async () => {
    const secret = "canary: a secret ü";
    const { id, events } = await endpoint({ style: "GITHUB", secret });
    const body = '{"zen":"☃"}';
    const headers = githubHeaders(secret, body, { id: "72d3162e-cc78-11e3-81ab-4c9367dc0958", event: "ping" });
    expect((await receive(id, headers, body)).outcome).toBe("received");
    expect((await events())[0]).toMatchObject({ payload: { zen: "☃" }, eventType: "ping" });
    await remove({ webhookEndpointId: id });
  });

  it("pages events, newest first, to admins of the endpoint alone", async () => {
    const { id, secret } = await endpoint();
    for (const at of [1, 2, 3]) await deliver(id, secret, String(at), `msg_${at}`);
    const { admin, member, stranger, gone } = stage();
    const page = (args: object = {}, caller = admin.caller) => events({ webhookEndpointIds: [id], ...args }, caller);
    const payloads = async (args: object) => (await page(args)).map(({ payload }) => payload);
    expect(await payloads({})).toEqual([3, 2, 1]);
    // One more, unopened, says that there are more.
    expect(await payloads({ first: 1, after: null })).toEqual([3, null]);
    expect(await payloads({ first: 1, after: 2 })).toEqual([1]);
    for (const { caller } of [member, stranger]) expect(await page({}, caller)).toEqual([]);
    expect((await stage().refusal(page({}, gone.caller))).sqlState).toBe("CR401");
    expect(await stage().refusal(page({ first: 0 }))).toMatchObject({ sqlState: "CR422", detail: "first" });
    expect(await stage().refusal(page({ webhookEndpointIds: ["none"] }))).toEqual(notFound);
    await remove({ webhookEndpointId: id });
  });

  it("takes both secrets while they overlap, and the new one alone where they do not", async () => {
    const { id, secret } = await endpoint();
    const outcomeBy = async (signer: string, messageId: string) => (await deliver(id, signer, "1", messageId)).outcome;
    const next = await rotate({ webhookEndpointId: id, overlapSeconds: 60 });
    expect(next.secret).not.toBe(secret);
    expect(Date.parse(next.endpoint.previousSecretUntil ?? "")).toBeGreaterThan(Date.now() + 30_000);
    expect([await outcomeBy(secret, "a"), await outcomeBy(next.secret, "b")]).toEqual(["received", "received"]);
    const own = `whsec_${Buffer.from("canary-of-24-bytes-or-more").toString("base64")}`;
    const last = await rotate({ webhookEndpointId: id, secret: own, overlapSeconds: 0 }, stage().admin.caller);
    expect([last.secret, last.endpoint.previousSecretUntil]).toEqual([own, null]);
    expect([await outcomeBy(next.secret, "c"), await outcomeBy(own, "d")]).toEqual(["refused", "received"]);
    const same = await stage().refusal(rotate({ webhookEndpointId: id, secret: own }));
    expect(same).toMatchObject({ sqlState: "CR422", detail: "input.secret" });
    expect(JSON.stringify(same)).not.toContain(own);
    const long = await stage().refusal(rotate({ webhookEndpointId: id, overlapSeconds: 2_592_001 }));
    expect(long).toMatchObject({ sqlState: "CR422", detail: "input.overlapSeconds" });
    await remove({ webhookEndpointId: id });
  });

  it("lets admins alone add, see, rotate and delete endpoints, and forgets what a deleted one received", async () => {
    const { id, secret, events } = await endpoint();
    await deliver(id, secret, "1");
    const { organizationId } = stage();
    await stage().guards("ADMIN", (caller) => add({}, caller));
    await stage().guards("ADMIN", (caller) => list({ organizationId }, caller));
    await stage().guards("ADMIN", (caller) => byId({ id }, caller));
    await stage().guards("ADMIN", (caller) => rotate({ webhookEndpointId: id }, caller));
    await stage().guards("ADMIN", (caller) => remove({ webhookEndpointId: id }, caller));
    expect(await remove({ webhookEndpointId: id })).toBe(true);
    expect(await deliver(id, secret, "1")).toEqual(refused);
    expect(await events()).toEqual([]);
    for (const webhookEndpointId of [id, nobodysId, "none"]) {
      expect(await stage().refusal(byId({ id: webhookEndpointId }))).toEqual(notFound);
      expect(await stage().refusal(rotate({ webhookEndpointId }))).toEqual(notFound);
      expect(await stage().refusal(remove({ webhookEndpointId }))).toEqual(notFound);
    }
  });
};
