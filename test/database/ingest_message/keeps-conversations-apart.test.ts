import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { server, signedInCaller } from "../../support/callers.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { aMessage } from "../../support/messages.js";

const [owner, ann, bob] = ["+14155550110", "+14155550111", "+14155550112"];

describe("ingest_message keeps conversations apart", () => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await createTestDatabase();
  });
  afterAll(() => test.drop());

  const ingest = (changes: Record<string, unknown>) =>
    test.database.call("ingest_message", { ...aMessage, participants: [], ...changes }, server);
  const texts = async (phone: string) => {
    const caller = await signedInCaller(test.database, phone);
    const conversations = await test.database.call("conversations", {}, caller);
    const ids = conversations.map(({ id }) => id);
    const messages = await test.database.call("messages", { conversationIds: ids }, caller);
    return conversations.map(({ id, mode }) => [
      mode,
      messages.filter((one) => one.conversationId === id).map(({ text, direction }) => `${direction}: ${text}`),
    ]);
  };

  it("of own messages, by their chats: the sender is the same in all", async () => {
    const chat = (phone: string) => ({ chatGuid: `iMessage;-;${phone}`, participants: [phone, owner] });
    await ingest({ ...chat(ann), sender: ann, messageText: "Ann asks" });
    await ingest({ ...chat(ann), sender: owner, messageText: "to Ann", isFromMe: true });
    await ingest({ ...chat(bob), sender: owner, messageText: "to Bob", isFromMe: true });
    expect(await texts(ann)).toEqual([["DIRECT", ["INBOUND: Ann asks", "OUTBOUND: to Ann"]]]);
    expect(await texts(bob)).toEqual([["DIRECT", ["OUTBOUND: to Bob"]]]);
    expect(await texts(owner)).toHaveLength(2);
  });

  it("of a group and of the same people one to one", async () => {
    const [carl, dora] = ["+14155550113", "+14155550114"];
    const people = { participants: [carl, dora], sender: carl };
    await ingest({ ...people, chatGuid: "iMessage;+;chat831", mode: "GROUP", messageText: "to all" });
    await ingest({ ...people, chatGuid: `iMessage;-;${carl}`, messageText: "to Dora" });
    await ingest({ ...people, chatGuid: "iMessage;+;chat832", mode: "GROUP", messageText: "to the other group" });
    expect((await texts(dora)).map(([mode, text]) => `${mode} ${text}`).sort()).toEqual([
      "DIRECT INBOUND: to Dora",
      "GROUP INBOUND: to all",
      "GROUP INBOUND: to the other group",
    ]);
  });

  it("of one person by iMessage and by SMS: the relay's name of the chat decides, to the letter", async () => {
    const eve = "+14155550115";
    const names = [`iMessage;-;${eve}`, `SMS;-;${eve}`, `any;-;${eve}`, `imessage;-;${eve}`, ` iMessage;-;${eve} `];
    const answers = await Promise.all(names.map((chatGuid) => ingest({ chatGuid, sender: eve })));
    expect(answers.map(({ conversationId }) => conversationId)[4]).toBe(answers[0]?.conversationId);
    expect(new Set(answers.map(({ conversationId }) => conversationId)).size).toBe(4);
  });

  it("of an edit: it is the same message where it was, and what was said first stays said", async () => {
    const fay = "+14155550116";
    const chat = { chatGuid: `iMessage;-;${fay}`, sender: fay };
    const first = await ingest({ ...chat, messageId: "m-1", messageText: "first", webhookId: "w-1", bodyHash: "aa" });
    const edit = await ingest({ ...chat, messageId: "m-1", messageText: "edited", webhookId: "w-2", bodyHash: "bb" });
    expect(edit).toEqual({ ...first, duplicate: true });
    await ingest({ ...chat, messageId: "m-1/edit/1", messageText: "edited" });
    expect(await texts(fay)).toEqual([["DIRECT", ["INBOUND: first", "INBOUND: edited"]]]);
  });
});
