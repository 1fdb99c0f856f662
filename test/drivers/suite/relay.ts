import { expect, it } from "vitest";
import type { Calls } from "../../../src/database/contract.generated.js";
import type { Suite } from "../support/contract.js";
import { notFound, type Someone, server } from "../support/stage.js";

type Message = Calls["ingest_message"]["args"];

export const relay: Suite = (stage) => {
  let chats = 0;
  const messageTo = ({ phone }: Someone, changed: Partial<Message> = {}): Message => ({
    chatGuid: `iMessage;-;chat${++chats}`,
    mode: "DIRECT",
    sender: "+14155550100",
    messageText: "hello",
    sentAtSeconds: 1_760_000_000,
    participants: [phone, "+14155550100"],
    ...changed,
  });
  const ingest = (message: Message) => stage().call("ingest_message", message, server);

  it("stores a message to the character, for its participants to read", async () => {
    const someone = await stage().signIn();
    const messageText = 'Ünï ☃ 🔐 "q" \\u0041 {"a":1}\n';
    const message = messageTo(someone, { messageText, sentAtSeconds: 1_760_000_000.25, mode: "GROUP" });
    const stored = await ingest(message);
    expect(stored.duplicate).toBe(false);
    const [conversation] = await stage().call("conversations", {}, someone.caller);
    expect(conversation).toMatchObject({ id: stored.conversationId, mode: "GROUP", chatGuid: "••••••••" });
    expect([...(conversation?.participants ?? [])].sort()).toEqual(
      [`+1••••••••${someone.phone.slice(-2)}`, "+1••••••••00"].sort(),
    );
    expect(conversation?.lastMessageAt).toBe("2025-10-09T08:53:20.25+00:00");
    const conversationIds = [stored.conversationId];
    expect(await stage().call("messages", { conversationIds }, someone.caller)).toMatchObject([
      { id: stored.messageId, text: messageText, sender: "+1••••••••00", direction: "INBOUND" },
    ]);
    expect(await stage().call("messages", { conversationIds }, stage().stranger.caller)).toEqual([]);
    expect(await stage().call("conversations", {}, stage().stranger.caller)).toEqual([]);
  });

  it("pages conversations and messages, with the one that says there are more", async () => {
    const someone = await stage().signIn();
    const { chatGuid } = messageTo(someone);
    const at = (seconds: number) => ({ sentAtSeconds: 1_760_000_000 + seconds });
    const { conversationId } = await ingest(messageTo(someone, { chatGuid, ...at(0), messageText: "0" }));
    for (const n of [1, 2]) await ingest(messageTo(someone, { chatGuid, ...at(n), messageText: String(n) }));
    const newer = await ingest(messageTo(someone, at(9)));
    const read = (first: number, after?: unknown) =>
      stage().call("messages", { conversationIds: [conversationId], first, after }, someone.caller);
    const [, second] = await read(2);
    const after = { at: second?.sentAt, sequence: second?.sequence };
    expect((await read(2)).map(({ text }) => text)).toEqual(["0", "1", "2"]);
    expect((await read(2, after)).map(({ text }) => text)).toEqual(["2"]);
    const list = (first: number, of?: unknown) => stage().call("conversations", { first, after: of }, someone.caller);
    const [top, ...next] = await list(1);
    expect(next).toHaveLength(1);
    expect(top?.id).toBe(newer.conversationId);
    expect((await list(1, { at: top?.lastMessageAt, id: top?.id })).map(({ id }) => id)).toEqual([conversationId]);
    expect(await list(50, null)).toHaveLength(2);
  });

  it("stores a message that comes twice once, and answers its webhook as it did first", async () => {
    const someone = await stage().signIn();
    const message = messageTo(someone, { messageId: "relay-1" });
    const first = await ingest(message);
    expect(await ingest(message)).toEqual({ ...first, duplicate: true });
    const signed = { ...messageTo(someone), webhookId: "msg_1", bodyHash: "a".repeat(64) };
    const once = await ingest(signed);
    expect(await ingest(signed)).toEqual(once);
    const other = ingest({ ...signed, bodyHash: "b".repeat(64) });
    expect((await stage().refusal(other)).sqlState).toBe("CR409");
  });

  it("stores what the relay's own account says as outbound", async () => {
    const someone = await stage().signIn();
    const { chatGuid } = messageTo(someone);
    const said = { chatGuid, webhookId: "msg_own", bodyHash: "c".repeat(64) };
    const { conversationId } = await ingest(messageTo(someone, { ...said, isFromMe: true }));
    await ingest(messageTo(someone, { chatGuid, sentAtSeconds: 1_760_000_001, isFromMe: false }));
    const read = await stage().call("messages", { conversationIds: [conversationId] }, someone.caller);
    expect(read.map(({ direction }) => direction)).toEqual(["OUTBOUND", "INBOUND"]);
    // The same body, taken to say something else, is another message.
    expect((await ingest(messageTo(someone, said))).duplicate).toBe(false);
  });

  it("refuses what is no time and no truth by SQLSTATE, whatever id the relay gives", async () => {
    const asked = messageTo(stage().owner, { messageId: "canary-1", webhookId: "canary-2", bodyHash: "d".repeat(64) });
    for (const changed of [{ sentAtSeconds: "canary" }, { isFromMe: "canary" }])
      expect(await stage().refusal(ingest({ ...asked, ...changed } as never))).toEqual({
        sqlState: "22P02",
        message: "database error 22P02",
        detail: null,
      });
  });

  it("stores one of twenty messages of one webhook at once", async () => {
    const someone = await stage().signIn();
    const message = { ...messageTo(someone), webhookId: "msg_at_once", bodyHash: "a".repeat(64) };
    const { database } = stage().driver;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => database.call("ingest_message", message, server)),
    );
    expect(new Set(answers.map(({ messageId }) => messageId)).size).toBe(1);
  });

  it.each([
    [{ chatGuid: "" }, "input.chatGuid"],
    [{ mode: "direct" }, "input.mode"],
    [{ sender: " " }, "input.sender"],
    [{ messageText: "t".repeat(65_537) }, "input.text"],
    [{ sentAtSeconds: -1 }, "input.timestamp"],
    [{ sentAtSeconds: 1_760_000_000_000 }, "input.timestamp"],
    [{ participants: ["+14155550100", ""] }, "input.participants.1"],
    [{ messageId: " " }, "input.messageId"],
  ])("refuses a message of case %# by its field", async (changed, field) => {
    const refused = ingest(messageTo(stage().owner, changed));
    expect(await stage().refusal(refused)).toMatchObject({ sqlState: "CR422", detail: field });
  });

  it("shows conversations to nobody without a session, and none by an id that is none", async () => {
    const { gone, owner } = stage();
    for (const ask of [
      () => stage().call("conversations", {}, gone.caller),
      () => stage().call("messages", { conversationIds: [] }, gone.caller),
    ])
      expect((await stage().refusal(ask())).sqlState).toBe("CR401");
    expect(await stage().call("messages", { conversationIds: [] }, owner.caller)).toEqual([]);
    const malformed = stage().call("messages", { conversationIds: ["none"] }, owner.caller);
    expect(await stage().refusal(malformed)).toEqual(notFound);
  });
};
