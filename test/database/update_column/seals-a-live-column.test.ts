import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTables } from "../../../src/services/tables.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { call, type DatabasePerson, memberOf, refusal, server, setLimits, signInTo } from "../../support/people.js";
import { canariesIn } from "../../support/table-dump.js";
import {
  addRows,
  byId,
  columnsOf,
  convertToEnd,
  full,
  makeTable,
  readRows,
  type StoredColumn,
  type StoredRow,
  type TestTable,
} from "../../support/tables.js";

describe("a live column that turns sensitive", () => {
  let t: TestDatabase;
  let owner: DatabasePerson;
  beforeAll(async () => {
    t = await createTestDatabase();
    await setLimits(t.database, { reveals_per_minute: 100_000 });
    owner = await signInTo(t.database);
  });
  afterAll(() => t?.drop());

  const change = (table: TestTable, changes: object) =>
    call<StoredColumn>(t.database, "update_column", { id: table.ids.c, changes }, owner.caller);
  const tableOf = async (count: number, column: object = {}) => {
    const table = await makeTable(t.database, owner, [
      { name: "c", type: "TEXT", ...column },
      { name: "n", type: "NUMBER" },
    ]);
    for (let done = 0; done < count; done += 1000) {
      const batch = Array.from({ length: Math.min(1000, count - done) }, (_, n) => ({
        c: `canary-${done + n}`,
        n: done + n,
      }));
      await addRows(t.database, table, batch, owner.caller);
    }
    return table;
  };
  const stored = async (table: TestTable) =>
    (await t.admin.query("select * from cloakroom.rows where table_id = $1 order by sequence", [table.id])).rows as {
      id: string;
      values: Record<string, unknown>;
      sealed: Record<string, string>;
      version: number;
    }[];
  const reveal = async (rowId: string, columnId: string | undefined) =>
    (await call<{ value: unknown }>(t.database, "reveal_cell", { rowId, columnId }, owner.caller)).value;

  it("leaves no plaintext in values, whoever writes 5,000 rows beside it", async () => {
    const table = await tableOf(5000);
    const before = await stored(table);
    let sealing = true;
    const write = async (writer: number) => {
      for (let n = 0; sealing; n++) {
        const row = before[(n * 37 + writer * 1201) % before.length];
        const c = `canary-writer-${writer}-${n}`;
        if (n % 2)
          await addRows(
            t.database,
            table,
            [
              { c, n },
              { c: null, n },
            ],
            owner.caller,
          );
        else await call(t.database, "update_row", { id: row?.id, values: byId(table, { c }) }, owner.caller);
      }
    };
    const writers = [0, 1, 2].map(write);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await change(table, { sensitive: true, mask: "LAST4" });
    // From here on, and long before all is sealed, nothing shows.
    expect(canariesIn(JSON.stringify(await readRows(t.database, table, owner.caller)), ["canary"])).toEqual([]);
    expect(await convertToEnd(t.database, table.ids.c as string)).toBeGreaterThanOrEqual(4);
    sealing = false;
    await Promise.all(writers);
    const after = await stored(table);
    expect(after.length).toBeGreaterThan(5000);
    expect(after.filter(({ values }) => (table.ids.c as string) in values)).toEqual([]);
    expect(JSON.stringify(after)).not.toContain("canary");
    const untouched = after.find(({ id, version }) => id === before[4999]?.id && version === 1);
    if (untouched) expect(await reveal(untouched.id, table.ids.c)).toBe("canary-4999");
  });

  it("waits for a writer that began before, whose plaintext would be left behind", async () => {
    const table = await tableOf(1);
    const writer = await t.admin.connect();
    try {
      await writer.query("begin");
      await writer.query("select cloakroom_private.invoke('authenticated', $1, $2, null, 'add_rows', $3)", [
        JSON.stringify(owner.caller.claims),
        t.rootKey,
        JSON.stringify({ table_id: table.id, rows: [byId(table, { c: "canary-late" })] }),
      ]);
      let isDone = false;
      const sealing = change(table, { sensitive: true }).then(() => {
        isDone = true;
      });
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(isDone).toBe(false);
      await writer.query("commit");
      await sealing;
    } finally {
      writer.release();
    }
    await convertToEnd(t.database, table.ids.c as string);
    expect((await stored(table)).map(({ sealed }) => Object.keys(sealed))).toEqual(Array(2).fill([table.ids.c]));
    expect(JSON.stringify(await stored(table))).not.toContain("canary");
  });

  it("keeps versions and times of rows as they are", async () => {
    const table = await tableOf(3);
    const times = "select version, created_at, updated_at from cloakroom.rows where table_id = $1 order by sequence";
    const before = (await t.admin.query(times, [table.id])).rows;
    await change(table, { sensitive: true });
    await convertToEnd(t.database, table.ids.c as string);
    expect((await t.admin.query(times, [table.id])).rows).toEqual(before);
  });

  it("reads masked after a crash between two batches, reveals all the same, and is finished at the next start", async () => {
    const table = await tableOf(4500);
    const [first, ...others] = await stored(table);
    await change(table, { sensitive: true });
    const halfway = await call<StoredColumn>(t.database, "convert_column", { columnId: table.ids.c }, server);
    expect(halfway.converting).toBe(true);
    const half = await stored(table);
    expect(half.filter(({ values }) => (table.ids.c as string) in values)).toHaveLength(2500);
    const rows = await call<StoredRow[]>(
      t.database,
      "rows",
      { tableIds: [table.id], first: 500, after: Number((await lastSequence(table)) - 100) },
      owner.caller,
    );
    expect(rows.map((row) => row.values[table.ids.c as string])).toEqual(Array(100).fill(full));
    expect(await reveal((first as { id: string }).id, table.ids.c)).toBe("canary-0");
    expect(await reveal((others.at(-1) as { id: string }).id, table.ids.c)).toBe("canary-4499");

    await createTables(t.database).finishConversions(server);
    expect(JSON.stringify(await stored(table))).not.toContain("canary");
    expect((await columnsOf(t.database, table.id, owner.caller))[0]).toMatchObject({
      sensitive: true,
      mask: "FULL",
      converting: false,
    });
    expect(await call(t.database, "unfinished_conversions", {}, server)).toEqual([]);
  });
  const lastSequence = async (table: TestTable) =>
    (await t.admin.query("select max(sequence) as last from cloakroom.rows where table_id = $1", [table.id])).rows[0]
      .last;

  it("takes the same order again while it is carried out, and no other", async () => {
    const table = await tableOf(3);
    await change(table, { sensitive: true });
    expect((await change(table, { sensitive: true })).converting).toBe(true);
    for (const other of [
      { name: "x" },
      { sensitive: false, unseal: true },
      { mask: "LAST4" },
      { sensitive: true, mask: "LAST4" },
    ])
      expect((await refusal(change(table, other))).sqlState, JSON.stringify(other)).toBe("CR409");
    await convertToEnd(t.database, table.ids.c as string);
    expect((await change(table, { sensitive: true })).converting).toBe(false);
  });

  it("masks anew every stored value when its mask changes", async () => {
    const table = await tableOf(2, { sensitive: true });
    await addRows(t.database, table, [{ c: "a longer secret" }], owner.caller);
    await change(table, { mask: "LAST4" });
    await convertToEnd(t.database, table.ids.c as string);
    expect((await readRows(t.database, table, owner.caller)).map(({ c }) => c)).toEqual([full, full, "••••••••cret"]);
    expect(await reveal((await stored(table))[2]?.id as string, table.ids.c)).toBe("a longer secret");
  });

  it("is sealed by two servers at once as by one", async () => {
    const table = await tableOf(4100);
    await change(table, { sensitive: true });
    await Promise.all([1, 2, 3].map(() => convertToEnd(t.database, table.ids.c as string)));
    expect(JSON.stringify(await stored(table))).not.toContain("canary");
    const last = (await stored(table)).at(-1);
    expect(await reveal(last?.id as string, table.ids.c)).toBe("canary-4099");
  });

  it("may be deleted while it is being sealed", async () => {
    const table = await tableOf(10);
    await change(table, { sensitive: true });
    await call(t.database, "delete_column", { id: table.ids.c }, owner.caller);
    expect((await refusal(call(t.database, "convert_column", { columnId: table.ids.c }, server))).sqlState).toBe(
      "CR404",
    );
    expect(JSON.stringify(await stored(table))).not.toContain("canary");
  });

  it("is converted by the server and by ADMINs of its organization, who may call without one, and by nobody else", async () => {
    const table = await tableOf(1);
    const convert = (person: DatabasePerson) =>
      refusal(call(t.database, "convert_column", { columnId: table.ids.c }, person.caller));
    expect((await convert(owner)).sqlState).toBeNull();
    expect((await convert(await memberOf(t.database, owner, "MEMBER"))).sqlState).toBe("CR403");
    expect((await convert(await signInTo(t.database))).sqlState).toBe("CR404");
    expect((await refusal(call(t.database, "unfinished_conversions", {}, owner.caller))).sqlState).toBe("42501");
  });
});
