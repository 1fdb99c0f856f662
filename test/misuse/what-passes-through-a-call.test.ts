import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { refusalOf } from "../support/callers.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";
import { aMessage } from "../support/messages.js";
import { call, type DatabasePerson, server, setLimits, signInTo } from "../support/people.js";
import { addRows, makeTable, readRows } from "../support/tables.js";

describe("what passes through a call", () => {
  let test: TestDatabase;
  let owner: DatabasePerson;
  beforeAll(async () => {
    test = await createTestDatabase();
    await setLimits(test.database);
    owner = await signInTo(test.database);
  });
  afterAll(() => test.drop());

  /** Files that sorts and lists of this database were written to; backends tell once a second at most. */
  async function temporaryFiles(): Promise<number> {
    await setTimeout(1500);
    await call(test.database, "me", {}, owner.caller);
    const { rows } = await test.admin.query(
      "select pg_stat_get_db_temp_files(oid)::integer as files from pg_database where datname = $1",
      [test.name],
    );
    return rows[0].files;
  }

  it("is written to no temporary file: neither values to be sealed nor messages that were opened", async () => {
    const names = Array.from({ length: 100 }, (_, index) => `column ${index}`);
    const columns = names.map((name) => ({ name, type: "TEXT", sensitive: true, mask: "FULL" }));
    const table = await makeTable(test.database, owner, columns);
    const row = Object.fromEntries(names.map((name) => [name, "canary"]));
    await addRows(
      test.database,
      table,
      Array.from({ length: 700 }, () => row),
      owner.caller,
    );
    const message = { ...aMessage, participants: [owner.phone], messageText: "canary".repeat(10_000) };
    for (let sent = 0; sent < 100; sent++) await call(test.database, "ingest_message", message, server);
    const [conversation] = await call<{ id: string }[]>(test.database, "conversations", {}, owner.caller);
    const asked = { conversationIds: [conversation?.id], first: 100 };
    expect(await call(test.database, "messages", asked, owner.caller)).toHaveLength(100);
    expect(await temporaryFiles()).toBe(0);
  });

  it("is 64 MiB at most: a page of more is refused, and smaller ones are answered", async () => {
    const names = ["a", "b", "c", "d"];
    const table = await makeTable(
      test.database,
      owner,
      names.map((name) => ({ name, type: "LONG_TEXT" })),
    );
    const row = Object.fromEntries(names.map((name) => [name, "x".repeat(250_000)]));
    for (let added = 0; added < 80; added += 4) await addRows(test.database, table, [row, row, row, row], owner.caller);
    expect(await refusalOf(readRows(test.database, table, owner.caller, 80))).toMatchObject({
      sqlState: "CR422",
      message: "This is more than 64 MiB at once: ask for less.",
    });
    expect(await readRows(test.database, table, owner.caller, 50)).toHaveLength(51);
  });
});
