import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { refusalOf, server, signedInCaller } from "../../support/callers.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { aMessage } from "../../support/messages.js";

describe("ingest_message refuses what is out of bounds", () => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await createTestDatabase();
  });
  afterAll(() => test.drop());

  const ingest = (changes: Record<string, unknown>) =>
    test.database.call("ingest_message", { ...aMessage, ...changes }, server);
  const long = "x".repeat(513);

  const refused: [string, Record<string, unknown>, string][] = [
    ["an empty chat", { chatGuid: " " }, "input.chatGuid"],
    ["a chat name of over 512 characters", { chatGuid: long }, "input.chatGuid"],
    ["an empty sender", { sender: "" }, "input.sender"],
    ["a sender of over 512 characters", { sender: long }, "input.sender"],
    ["an empty message id", { messageId: "" }, "input.messageId"],
    ["a message id of over 512 characters", { messageId: long }, "input.messageId"],
    ["an unknown mode", { mode: "BROADCAST" }, "input.mode"],
    ["more than 64 KiB of text, counted in bytes", { messageText: "é".repeat(32_769) }, "input.text"],
    ["a time before 1970", { sentAtSeconds: -1 }, "input.timestamp"],
    ["milliseconds", { sentAtSeconds: 1_760_000_000_000 }, "input.timestamp"],
    ["more than 256 participants", { participants: Array(257).fill("+14155550100") }, "input.participants"],
    ["an empty participant", { participants: ["+14155550100", ""] }, "input.participants.1"],
    ["a participant of over 512 characters", { participants: [long] }, "input.participants.0"],
  ];
  for (const [what, changes, field] of refused)
    it(`refuses ${what}, naming ${field}`, async () => {
      expect(await refusalOf(ingest(changes))).toMatchObject({ sqlState: "CR422", detail: field });
    });

  it("takes an empty text, no participants, 64 KiB and the years 1970 and 2199", async () => {
    await ingest({ messageText: "", participants: [] });
    await ingest({ messageText: "x".repeat(65_536), sentAtSeconds: 0 });
    await ingest({ sentAtSeconds: 7_226_582_400 });
    const { rows } = await test.admin.query("select count(*)::integer as count from cloakroom.messages");
    expect(rows).toEqual([{ count: 3 }]);
  });

  it("is not for users", async () => {
    const user = await signedInCaller(test.database, "+14155550177");
    expect(await refusalOf(test.database.call("ingest_message", aMessage, user))).toMatchObject({ sqlState: "42501" });
  });
});
