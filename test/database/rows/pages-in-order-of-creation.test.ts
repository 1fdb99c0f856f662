import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestDatabase } from "../../support/database.js";
import { organizationStage } from "../../support/organization-stage.js";
import { call, type DatabasePerson, memberOf, refusal, signInTo } from "../../support/people.js";
import { addRows, byName, full, makeTable, type StoredRow, type TestTable } from "../../support/tables.js";

describe("rows", () => {
  let t: TestDatabase;
  let owner: DatabasePerson;
  const tables: TestTable[] = [];
  beforeAll(async () => {
    [t, owner] = await organizationStage();
    for (const _ of [0, 1]) {
      const table = await makeTable(t.database, owner, [
        { name: "n", type: "NUMBER" },
        { name: "s", type: "EMAIL", sensitive: true, mask: "EMAIL" },
        { name: "b", type: "BOOLEAN", sensitive: true, mask: "LAST4" },
      ]);
      tables.push(table);
    }
    for (let batch = 0; batch < 3; batch++)
      for (const table of tables)
        await addRows(
          t.database,
          table,
          [0, 1, 2, 3].map((n) => ({ n: batch * 4 + n, s: n === 3 ? null : `ann${n}@example.com`, b: true })),
          owner.caller,
        );
  });
  afterAll(() => t?.drop());

  const page = (tableIds: string[], first: number, after: number | null = null, caller = owner.caller) =>
    call<StoredRow[]>(t.database, "rows", { tableIds, first, after }, caller);
  const [one, two] = [() => tables[0] as TestTable, () => tables[1] as TestTable];

  it("pages by the sequence of the last row seen, with one row more to say that there is another page", async () => {
    const seen: unknown[] = [];
    let after: number | null = null;
    for (;;) {
      const rows = await page([one().id], 5, after);
      seen.push(...rows.slice(0, 5).map((row) => byName(one(), row.values).n));
      if (rows.length < 6) break;
      after = rows[4]?.sequence ?? null;
    }
    expect(seen).toEqual(Array.from({ length: 12 }, (_, n) => n));
  });

  it("brings the same page of several tables at once", async () => {
    const rows = await page([one().id, two().id, randomUUID()], 3);
    for (const table of tables)
      expect(rows.filter(({ tableId }) => tableId === table.id).map((row) => byName(table, row.values).n)).toEqual([
        0, 1, 2, 3,
      ]);
    expect(rows).toHaveLength(8);
  });

  it("shows sensitive values masked, texts in their style and others in full, and leaves empty cells out", async () => {
    const rows = await page([one().id], 4);
    const [first, , , fourth] = rows.map((row) => byName(one(), row.values));
    expect(first).toEqual({ n: 0, s: "a••••••••@example.com", b: full });
    expect(fourth).toEqual({ n: 3, b: full });
  });

  it("shows a masked page to a viewer and nothing to a stranger", async () => {
    const viewer = await memberOf(t.database, owner, "VIEWER");
    const stranger = await signInTo(t.database);
    expect(await page([one().id], 3, null, viewer.caller)).toHaveLength(4);
    expect(await page([one().id], 3, null, stranger.caller)).toEqual([]);
    const id = (await page([one().id], 1))[0]?.id;
    expect((await refusal(call(t.database, "row_by_id", { id }, stranger.caller))).sqlState).toBe("CR404");
    expect(await call(t.database, "row_counts", { tableIds: [one().id] }, stranger.caller)).toEqual([]);
    expect(await call(t.database, "row_counts", { tableIds: tables.map(({ id }) => id) }, viewer.caller)).toHaveLength(
      2,
    );
  });

  it.each([0, -1, 501, null])("refuses a page of %s", async (first) => {
    expect(await refusal(page([one().id], first as number))).toEqual({ sqlState: "CR422", detail: "first" });
  });

  it("never shows a plaintext that stands where a sensitive value would, as after a restore gone wrong", async () => {
    const client = await t.admin.connect();
    try {
      await client.query("begin");
      await client.query("alter table cloakroom.rows disable trigger user");
      await client.query(
        `update cloakroom.rows set "values" = "values" || jsonb_build_object($1::text, 'canary-stray') where table_id = $2`,
        [two().ids.s, two().id],
      );
      await client.query("alter table cloakroom.rows enable always trigger values_of_sensitive_columns_are_sealed");
      await client.query("commit");
    } finally {
      client.release();
    }
    const rows = await page([two().id], 12);
    expect(JSON.stringify(rows)).not.toContain("canary");
    const one = await call(t.database, "row_by_id", { id: rows[0]?.id }, owner.caller);
    expect(JSON.stringify(one)).not.toContain("canary");
  });
});
