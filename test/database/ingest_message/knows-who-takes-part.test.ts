import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Caller } from "../../../src/database/port.js";
import { server, signedInCaller } from "../../support/callers.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { aMessage } from "../../support/messages.js";

const [relay, ann, bob, cem] = ["+14155550120", "+14155550121", "+14155550122", "+14155550123"];
const start = 1_760_000_000;

describe("ingest_message knows who takes part", () => {
  let test: TestDatabase;
  const callers = new Map<string, Caller>();
  beforeAll(async () => {
    test = await createTestDatabase();
  });
  afterAll(() => test.drop());

  /** A message of a chat, so many seconds after the first; its text says when. */
  const say = (chatGuid: string, at: number, participants: string[], changes: Record<string, unknown> = {}) => {
    const message = { ...aMessage, chatGuid, mode: "GROUP", sender: ann, participants };
    return test.database.call(
      "ingest_message",
      { ...message, messageText: `${at}`, sentAtSeconds: start + at, ...changes },
      server,
    );
  };
  const readBy = async (phone: string, chatGuid: string) => {
    const caller = callers.get(phone) ?? (await signedInCaller(test.database, phone));
    callers.set(phone, caller);
    const { conversationId: id } = await say(chatGuid, 0, [], { messageId: `first of ${chatGuid}` });
    const all = await test.database.call("conversations", {}, caller);
    const messages = await test.database.call("messages", { conversationIds: [id] }, caller);
    const newest = Date.parse(all.find((one) => one.id === id)?.lastMessageAt ?? "") / 1000 - start;
    return { texts: messages.map(({ text }) => Number(text)), newest };
  };
  const first = (chatGuid: string, participants: string[]) =>
    say(chatGuid, 0, participants, { messageId: `first of ${chatGuid}` });

  it("so that whoever is taken out of a group reads on no further, and sees nothing move", async () => {
    await first("left", [ann, bob]);
    await say("left", 1, [ann, bob]);
    await say("left", 2, [ann]);
    await say("left", 3, [ann, cem]);
    expect(await readBy(bob, "left")).toEqual({ texts: [0, 1], newest: 2 });
    expect(await readBy(ann, "left")).toEqual({ texts: [0, 1, 2, 3], newest: 3 });
    expect(await readBy(cem, "left")).toEqual({ texts: [0, 1, 2, 3], newest: 3 });
  });

  it("and whoever comes back reads all of it", async () => {
    await first("back", [ann, bob]);
    await say("back", 1, [ann]);
    await say("back", 2, [ann, bob]);
    expect((await readBy(bob, "back")).texts).toEqual([0, 1, 2]);
  });

  it("but takes nobody out of a chat of two, nor by a list that is empty, nor the relay's own account", async () => {
    await first("stays", [ann, bob]);
    await say("stays", 1, []);
    expect((await readBy(bob, "stays")).texts).toEqual([0, 1]);
    await test.database.call("ingest_message", { ...aMessage, chatGuid: "two", participants: [bob] }, server);
    await test.database.call("ingest_message", { ...aMessage, chatGuid: "two", participants: [cem] }, server);
    const { rows } = await test.admin.query("select from cloakroom.participants where left_at is not null");
    const before = rows.length;
    await first("own", [ann, bob]);
    await say("own", 1, [ann, bob], { sender: relay, isFromMe: true });
    await say("own", 2, [ann, bob]);
    expect((await readBy(relay, "own")).texts).toEqual([0, 1, 2]);
    const after = await test.admin.query("select from cloakroom.participants where left_at is not null");
    expect(after.rows).toHaveLength(before);
  });

  it("then, not now, from a message that comes late", async () => {
    await first("late", [ann]);
    await say("late", 5, [ann]);
    await say("late", 3, [ann, bob], { sender: bob });
    expect(await readBy(bob, "late")).toEqual({ texts: [0, 3], newest: 3 });
    await say("late", 4, [bob]);
    expect((await readBy(bob, "late")).texts).toEqual([0, 3, 4]);
    expect((await readBy(ann, "late")).texts).toEqual([0, 3, 4, 5]);
  });

  it("for a phone that signs up later as for one that had signed up", async () => {
    const later = "+14155550129";
    await first("later", [ann, later]);
    await say("later", 1, [ann]);
    expect((await readBy(later, "later")).texts).toEqual([0]);
  });
});
