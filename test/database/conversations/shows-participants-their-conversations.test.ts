import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Caller } from "../../../src/database/port.js";
import { refusalOf, server, signedInCaller } from "../../support/callers.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { aMessage } from "../../support/messages.js";

interface Row {
  readonly id: string;
  readonly lastMessageAt: string;
  readonly participants: string[];
  readonly chatGuid: string;
  readonly mode: string;
}

describe("conversations", () => {
  let test: TestDatabase;
  let ann: Caller;
  let stranger: Caller;
  beforeAll(async () => {
    test = await createTestDatabase();
    for (let index = 0; index < 5; index++)
      await ingest({
        chatGuid: `chat ${index}`,
        sentAtSeconds: 1_760_000_000 + (index % 4),
        participants: ["+1 415 555 0101"],
      });
    await ingest({ chatGuid: "of others", sender: "+14155550198", participants: ["+14155550199"] });
    ann = await signedInCaller(test.database, "+14155550101");
    stranger = await signedInCaller(test.database, "+14155550155");
  });
  afterAll(() => test.drop());

  const ingest = (changes: Record<string, unknown>) =>
    test.database.call("ingest_message", { ...aMessage, ...changes }, server);
  const list = (caller: Caller, args: Record<string, unknown> = {}) =>
    test.database.call("conversations", args, caller) as Promise<Row[]>;

  it("shows a user who signed up later the conversations of their phone, and no others", async () => {
    const rows = await list(ann);
    expect(rows).toHaveLength(5);
    expect(rows[0]).toMatchObject({
      chatGuid: "••••••••",
      mode: "DIRECT",
      participants: ["+1••••••••01", "+1••••••••00"],
    });
    expect(await list(stranger)).toEqual([]);
  });

  it("shows the newest first and goes on after a cursor without gap or repeat, even within one moment", async () => {
    const all = await list(ann);
    const times = all.map((row) => row.lastMessageAt);
    expect(times).toEqual([...times].sort().reverse());
    const paged: Row[] = [];
    for (let after: unknown = null; paged.length < 5; ) {
      const page = await list(ann, { first: 1, after });
      paged.push(...page);
      const last = page.at(-1);
      after = { at: last?.lastMessageAt, id: last?.id };
    }
    expect(paged).toEqual(all);
  });

  it("refuses whoever is not signed in", async () => {
    const nobody: Caller = { role: "authenticated", claims: {}, accessToken: null, clientAddress: null };
    expect(await refusalOf(list(nobody))).toMatchObject({ sqlState: "CR401" });
  });
});
