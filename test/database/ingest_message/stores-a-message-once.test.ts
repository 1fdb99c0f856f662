import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { refusalOf, server } from "../../support/callers.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { aMessage } from "../../support/messages.js";

interface Answer {
  readonly messageId: string;
  readonly conversationId: string;
  readonly duplicate: boolean;
}

describe("ingest_message stores a message once", () => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await createTestDatabase();
  });
  afterAll(() => test.drop());

  const ingest = (changes: Record<string, unknown>) =>
    test.database.call("ingest_message", { ...aMessage, ...changes }, server) as Promise<Answer>;
  const count = async (table: string) =>
    Number((await test.admin.query(`select count(*) from cloakroom.${table}`)).rows[0].count);

  it("answers a repeated webhook-id with the same body as it did at first", async () => {
    const first = await ingest({ webhookId: "w-1", bodyHash: "aa", messageId: "m-1" });
    expect(first).toMatchObject({ duplicate: false });
    expect(await ingest({ webhookId: "w-1", bodyHash: "aa", messageId: "m-1" })).toEqual(first);
  });

  it("calls a webhook-id with another body a conflict and stores nothing", async () => {
    await ingest({ webhookId: "w-2", bodyHash: "aa" });
    const before = await count("messages");
    expect(await refusalOf(ingest({ webhookId: "w-2", bodyHash: "bb", messageText: "other" }))).toMatchObject({
      sqlState: "CR409",
    });
    expect(await count("messages")).toBe(before);
  });

  it("stores each of two messages that one signed request holds", async () => {
    const one = await ingest({ webhookId: "w-3", bodyHash: "aa", messageText: "one" });
    const two = await ingest({ webhookId: "w-3", bodyHash: "aa", messageText: "two" });
    expect(two).toMatchObject({ duplicate: false });
    expect(two.messageId).not.toBe(one.messageId);
  });

  it("answers a repeated message id under another webhook-id with the first message, as a duplicate", async () => {
    const first = await ingest({ webhookId: "w-4", bodyHash: "aa", messageId: "m-4" });
    const again = await ingest({ webhookId: "w-5", bodyHash: "bb", messageId: " m-4 ", messageText: "changed" });
    expect(again).toEqual({ ...first, duplicate: true });
    expect(await ingest({ webhookId: "w-5", bodyHash: "bb", messageId: " m-4 ", messageText: "changed" })).toEqual(
      again,
    );
  });

  it("stores every message of a relay that gives neither webhook-id nor message id", async () => {
    const before = await count("messages");
    await ingest({});
    await ingest({});
    expect(await count("messages")).toBe(before + 2);
  });

  it("stores one message of fifty that come at once", async () => {
    const before = await count("messages");
    const call = { webhookId: "w-50", bodyHash: "aa", messageId: "m-50", chatGuid: "a new chat" };
    const answers = await Promise.all(Array.from({ length: 50 }, () => ingest(call)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await count("messages")).toBe(before + 1);
  });

  it("makes one conversation of a new chat whose messages come at once under ids of their own", async () => {
    const calls = Array.from({ length: 20 }, (_, index) =>
      ingest({ webhookId: `burst-${index}`, bodyHash: "aa", messageId: `burst-${index}`, chatGuid: "a burst" }),
    );
    const answers = await Promise.all(calls);
    expect(new Set(answers.map((answer) => answer.conversationId)).size).toBe(1);
    expect(new Set(answers.map((answer) => answer.messageId)).size).toBe(20);
  });

  it("keeps the mode of a chat's first message and the time of its newest", async () => {
    const { conversationId } = await ingest({ chatGuid: "times", sentAtSeconds: 1_760_000_100 });
    await ingest({ chatGuid: "times", sentAtSeconds: 1_760_000_050, mode: "GROUP" });
    const { rows } = await test.admin.query(
      "select mode, extract(epoch from last_message_at)::integer as at from cloakroom.conversations where id = $1",
      [conversationId],
    );
    expect(rows).toEqual([{ mode: "DIRECT", at: 1_760_000_100 }]);
  });

  it("counts a handle once, in whatever spelling it comes, and the sender among the participants", async () => {
    const { conversationId } = await ingest({
      chatGuid: "spellings",
      sender: "Ann@Example.com",
      participants: ["+1 (415) 555-0100", "+14155550100", "tel:+1-415-555-0100", "ann@example.com", "ANN@EXAMPLE.COM"],
    });
    const { rows } = await test.admin.query(
      "select handle_mask from cloakroom.participants where conversation_id = $1 order by created_at",
      [conversationId],
    );
    expect(rows.map((row) => row.handle_mask)).toEqual(["+1••••••••00", "a••••••••@example.com"]);
  });
});
