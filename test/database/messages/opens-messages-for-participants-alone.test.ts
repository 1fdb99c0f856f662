import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Caller } from "../../../src/database/port.js";
import { server, signedInCaller } from "../../support/callers.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { aMessage } from "../../support/messages.js";

interface Row {
  readonly id: string;
  readonly conversationId: string;
  readonly sender: string;
  readonly text: string;
  readonly sentAt: string;
  readonly direction: string;
  readonly sequence: number;
}

describe("messages", () => {
  let test: TestDatabase;
  let ann: Caller;
  let stranger: Caller;
  const ids: string[] = [];
  beforeAll(async () => {
    test = await createTestDatabase();
    for (const chatGuid of ["one", "two"])
      for (const index of [3, 1, 2, 2]) {
        const call = {
          ...aMessage,
          chatGuid,
          messageText: `${chatGuid} ${index}`,
          sentAtSeconds: 1_760_000_000.123456 + index,
        };
        const { conversationId } = (await test.database.call("ingest_message", call, server)) as {
          conversationId: string;
        };
        if (!ids.includes(conversationId)) ids.push(conversationId);
      }
    ann = await signedInCaller(test.database, "+14155550101");
    stranger = await signedInCaller(test.database, "+14155550155");
  });
  afterAll(() => test.drop());

  const list = (caller: Caller, args: Record<string, unknown> = {}) =>
    test.database.call("messages", { conversationIds: ids, ...args }, caller) as Promise<Row[]>;

  it("opens a participant's messages, oldest first, the sender masked", async () => {
    const rows = await list(ann, { conversationIds: ids.slice(0, 1) });
    expect(rows.map((row) => row.text)).toEqual(["one 1", "one 2", "one 2", "one 3"]);
    expect(rows[0]).toMatchObject({ sender: "+1••••••••00", direction: "INBOUND", conversationId: ids[0] });
    expect(rows[0]?.sentAt).toMatch(/\.123456\+00:00$/);
  });

  it("shows nothing of a conversation to whoever takes no part in it", async () => {
    expect(await list(stranger)).toEqual([]);
  });

  it("brings a page of each conversation in one call, and goes on after a cursor within one moment", async () => {
    const rows = await list(ann, { first: 1 });
    expect(rows.map((row) => row.text).sort()).toEqual(["one 1", "one 2", "two 1", "two 2"]);
    const last = rows.filter((row) => row.conversationId === ids[0]).at(-1);
    const next = await list(ann, {
      conversationIds: ids.slice(0, 1),
      after: { at: last?.sentAt, sequence: last?.sequence },
    });
    expect(next.map((row) => row.text)).toEqual(["one 2", "one 3"]);
  });

  it("does not open a text that was moved to another message", async () => {
    await test.admin.query(
      `update cloakroom.messages set text_sealed = (select text_sealed from cloakroom.messages order by sequence limit 1)
      where conversation_id = $1`,
      [ids[1]],
    );
    await expect(list(ann, { conversationIds: ids.slice(1) })).rejects.toMatchObject({ sqlState: "CR500" });
  });
});
