import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ingestBody, post, signedHeaders } from "../support/relay-requests.js";
import { relaySecret, startTestServer, type TestServer } from "../support/server.js";
import { canariesIn, tableDump } from "../support/table-dump.js";

describe("ingestMessage", () => {
  let test: TestServer;
  beforeAll(async () => {
    test = await startTestServer();
  });
  afterAll(() => test.close());

  const ingest = (input: object, options: Parameters<typeof signedHeaders>[1] = {}) => {
    const body = ingestBody(input);
    return post(test.url, body, signedHeaders(body, options));
  };

  it("stores a signed message and answers where", async () => {
    const { data } = await ingest({});
    expect(data.ingestMessage).toMatchObject({ duplicate: false, reply: null });
    expect(data.ingestMessage.messageId).not.toBe(data.ingestMessage.conversationId);
  });

  it("answers fifty replays at once alike, and stores one message", async () => {
    const count = async () =>
      (await test.admin.query("select count(*)::integer as count from cloakroom.messages")).rows[0].count;
    const before = await count();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => ingest({ text: "replayed" }, { id: "replayed" })),
    );
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers[0]?.data.ingestMessage.duplicate).toBe(false);
    expect(await count()).toBe(before + 1);
  });

  it("answers CONFLICT to a webhook-id that comes with another body", async () => {
    await ingest({ text: "first" }, { id: "taken" });
    expect((await ingest({ text: "second" }, { id: "taken" })).code).toBe("CONFLICT");
  });

  it("answers the first message, as a duplicate, to the same message id under another webhook-id", async () => {
    const first = await ingest({ messageId: "relay-1" });
    const again = await ingest({ messageId: "relay-1" });
    expect(again.data.ingestMessage).toEqual({ ...first.data.ingestMessage, duplicate: true });
  });

  it("is FORBIDDEN without a signature, with a stale or foreign one, and by bearer where that is not allowed", async () => {
    const body = ingestBody({});
    const signed = signedHeaders(body);
    const person = await test.signIn();
    const attempts = [
      {},
      { ...signed, "webhook-signature": "v1,AAAA" },
      { ...signed, "webhook-id": "another" },
      signedHeaders(`${body} `),
      signedHeaders(body, { at: new Date(Date.now() - 360_000) }),
      signedHeaders(body, { secret: `whsec_${Buffer.from("some other secret, of 32 bytes !").toString("base64")}` }),
      { authorization: `Bearer ${relaySecret}` },
      { authorization: `Bearer ${person.token}` },
    ];
    for (const headers of attempts)
      expect((await post(test.url, body, headers as Record<string, string>)).code).toBe("FORBIDDEN");
  });

  it("takes the bare secret as bearer where RELAY_AUTH allows it", async () => {
    const lenient = await startTestServer({ RELAY_AUTH: "signature,bearer" });
    try {
      const bearer = { authorization: `Bearer ${relaySecret}` };
      const first = await post(lenient.url, ingestBody({ messageId: "b-1" }), bearer);
      expect(first.data.ingestMessage.duplicate).toBe(false);
      expect((await post(lenient.url, ingestBody({ messageId: "b-1" }), bearer)).data.ingestMessage.duplicate).toBe(
        true,
      );
      expect((await post(lenient.url, ingestBody({}), { authorization: "Bearer x" })).code).toBe("FORBIDDEN");
    } finally {
      await lenient.close();
    }
  });

  it("names the field of what is out of bounds", async () => {
    const cases: [object, string][] = [
      [{ timestamp: 1_760_000_000_000 }, "input.timestamp"],
      [{ text: "x".repeat(65_537) }, "input.text"],
      [{ participants: ["+14155550100", ""] }, "input.participants.1"],
      [{ chatGuid: "" }, "input.chatGuid"],
      [{ sender: "s".repeat(513) }, "input.sender"],
    ];
    for (const [input, field] of cases) {
      const { code, errors } = await ingest(input);
      expect([code, errors[0]?.extensions?.field]).toEqual(["BAD_USER_INPUT", field]);
    }
  });

  it("leaves text, numbers and names in no table and no log line", async () => {
    const canaries = [
      "canary text 19ce of a message",
      "+4915112345671",
      "canary-chat-02bd",
      "canary.bob@example.com",
      "canary-id-6f",
    ];
    const [text, sender, chatGuid, bob, messageId] = canaries;
    await ingest({ text, sender, chatGuid, messageId, participants: [bob, sender] });
    await ingest({ text, sender, chatGuid, timestamp: -1 });
    expect(canariesIn(await tableDump(test.admin), canaries)).toEqual([]);
    expect(canariesIn(test.output(), canaries)).toEqual([]);
  });
});
