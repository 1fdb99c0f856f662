import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditEvent, RevealedCell } from "../../../src/database/contract.generated.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { isOnDisk } from "../../support/disk-search.js";
import { call, type DatabasePerson, memberOf, refusal, setLimits, signInTo } from "../../support/people.js";
import { canariesIn, tableDump } from "../../support/table-dump.js";
import { addRows, byId, makeTable, type StoredRow, type TestTable } from "../../support/tables.js";

describe("reveal_cell", () => {
  let t: TestDatabase;
  let owner: DatabasePerson;
  let table: TestTable;
  let row: StoredRow;
  beforeAll(async () => {
    t = await createTestDatabase();
    await setLimits(t.database, { reveals_per_minute: 1000 });
    owner = await signInTo(t.database, undefined, { name: "Ann" });
    table = await makeTable(t.database, owner, [
      { name: "s", type: "TEXT", sensitive: true },
      { name: "j", type: "JSON", sensitive: true },
      { name: "e", type: "TEXT", sensitive: true },
      { name: "plain", type: "TEXT" },
    ]);
    const [added] = await addRows(
      t.database,
      table,
      [{ s: 'pearl-only-seen-once "quoted" 🙂', j: { a: [1, null] }, plain: "x" }],
      owner.caller,
    );
    row = added as StoredRow;
  });
  afterAll(() => t?.drop());

  const reveal = (column: string, caller = owner.caller, reason: string | null = null, rowId = row.id) =>
    call<RevealedCell>(t.database, "reveal_cell", { rowId, columnId: table.ids[column] ?? column, reason }, caller);
  const log = (of = owner, filter: object = {}) =>
    call<AuditEvent[]>(
      t.database,
      "audit_events",
      { organizationId: of.organizationId, filter, first: 500 },
      of.caller,
    );

  it("returns the value as it was given, of any type, and the event that says who saw it", async () => {
    const answer = await reveal("s", owner.caller, "  asked by Bob ");
    expect(answer).toMatchObject({
      outcome: "revealed",
      value: 'pearl-only-seen-once "quoted" 🙂',
      rowId: row.id,
      columnId: table.ids.s,
    });
    expect(answer.auditEvent).toMatchObject({
      action: "CELL_REVEALED",
      actorId: owner.userId,
      actorName: "Ann",
      targetType: "row",
      targetId: row.id,
      reason: "asked by Bob",
      details: { tableId: table.id, columnId: table.ids.s },
      ipAddress: "••••••••",
    });
    expect((await reveal("j")).value).toEqual({ a: [1, null] });
    expect((await log())[0]?.details).toEqual({ tableId: table.id, columnId: table.ids.j });
  });

  it("reveals null for an empty cell, on record too", async () => {
    const answer = await reveal("e");
    expect([answer.outcome, answer.value]).toEqual(["revealed", null]);
    expect((await log())[0]).toMatchObject({ hash: answer.auditEvent.hash, action: "CELL_REVEALED" });
  });

  it("refuses a viewer and keeps the attempt", async () => {
    const viewer = await memberOf(t.database, owner, "VIEWER");
    const answer = await reveal("s", viewer.caller);
    expect([answer.outcome, answer.value]).toEqual(["forbidden", null]);
    expect((await log())[0]).toMatchObject({
      action: "REVEAL_DENIED",
      actorId: viewer.userId,
      details: { outcome: "forbidden" },
    });
  });

  it("knows neither cells of strangers nor columns of other tables, and writes nothing into a foreign log", async () => {
    const stranger = await signInTo(t.database);
    const theirs = await makeTable(t.database, stranger, [{ name: "s", type: "TEXT", sensitive: true }]);
    const events = (await log()).length;
    expect((await refusal(reveal("s", stranger.caller))).sqlState).toBe("CR404");
    expect((await refusal(reveal(theirs.ids.s as string, stranger.caller))).sqlState).toBe("CR404");
    expect((await refusal(reveal(theirs.ids.s as string))).sqlState).toBe("CR404");
    expect((await refusal(reveal("s", owner.caller, null, randomUUID()))).sqlState).toBe("CR404");
    expect((await log()).length).toBe(events);
    expect(await log(stranger)).toMatchObject([{ action: "TABLE_CREATED" }]);
  });

  it("refuses a column that is not sensitive and too long a reason, without an event or a reveal spent", async () => {
    const events = (await log()).length;
    expect(await refusal(reveal("plain"))).toEqual({ sqlState: "CR422", detail: "input.columnId" });
    expect(await refusal(reveal("s", owner.caller, "x".repeat(2001)))).toEqual({
      sqlState: "CR422",
      detail: "input.reason",
    });
    expect((await log()).length).toBe(events);
  });

  it("opens no token that was moved to another row, column or organization", async () => {
    const [other] = await addRows(t.database, table, [{ s: "other" }], owner.caller);
    const stranger = await signInTo(t.database);
    const theirs = await makeTable(t.database, stranger, [{ name: "s", type: "TEXT", sensitive: true }]);
    const [their] = await addRows(t.database, theirs, [{ s: "theirs" }], stranger.caller);
    const move = (toRow: string | undefined, toColumn: string | undefined) =>
      t.admin.query(
        `update cloakroom.rows set sealed = sealed || jsonb_build_object($1::text,
           (select sealed -> $2 from cloakroom.rows where id = $3)) where id = $4`,
        [toColumn, table.ids.s, row.id, toRow],
      );
    await move(other?.id, table.ids.s);
    expect((await refusal(reveal("s", owner.caller, null, other?.id))).sqlState).toBe("CR500");
    await move(row.id, table.ids.e);
    expect((await refusal(reveal("e"))).sqlState).toBe("CR500");
    await move(their?.id, theirs.ids.s);
    const moved = { rowId: their?.id, columnId: theirs.ids.s };
    expect((await refusal(call(t.database, "reveal_cell", moved, stranger.caller))).sqlState).toBe("CR500");
    expect((await reveal("s")).value).toBe('pearl-only-seen-once "quoted" 🙂');
    await call(t.database, "update_row", { id: row.id, values: byId(table, { e: null }) }, owner.caller);
  });

  it("leaves a revealed value nowhere", async () => {
    await reveal("s");
    expect(canariesIn(await tableDump(t.admin), ["pearl-only-seen-once"])).toEqual([]);
    for (const name of ["cloakroom.audit_events", "cloakroom.rows"])
      expect(await isOnDisk(t.admin, name, "pearl-only-seen-once")).toBe(false);
  });
});
