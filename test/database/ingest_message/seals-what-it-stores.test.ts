import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { server } from "../../support/callers.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { canariesIn, tableDump } from "../../support/table-dump.js";

const canaries = {
  chatGuid: "iMessage;-;canary-chat-7f3a",
  sender: "+4915112345670",
  messageText: "canary text 5b21, for Ann alone",
  messageId: "canary-message-id-93c1",
  webhookId: "canary-webhook-id-44d0",
  bodyHash: "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00",
};
const participants = ["+33612345678", "canary.ann@example.com", "canary-handle-81"];

describe("ingest_message seals what it stores", () => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await createTestDatabase();
    const args = { ...canaries, mode: "GROUP", sentAtSeconds: 1_760_000_000, participants };
    await test.database.call("ingest_message", args, server);
  });
  afterAll(() => test.drop());

  it("leaves no text, name, number or id readable in any table", async () => {
    const dump = await tableDump(test.admin);
    expect(dump).toContain("cloakroom.messages");
    expect(canariesIn(dump, [...Object.values(canaries), ...participants])).toEqual([]);
  });

  it("gives every conversation a key of its own", async () => {
    const args = { ...canaries, chatGuid: "another", mode: "GROUP", sentAtSeconds: 1_760_000_000, participants };
    await test.database.call("ingest_message", { ...args, messageId: null, webhookId: "other" }, server);
    const { rows } = await test.admin.query("select distinct data_key_id from cloakroom.conversations");
    expect(rows).toHaveLength(2);
  });
});
