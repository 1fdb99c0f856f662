import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestDatabase } from "../../support/database.js";
import { isOnDisk } from "../../support/disk-search.js";
import { organizationStage } from "../../support/organization-stage.js";
import { call, type DatabasePerson } from "../../support/people.js";
import { canariesIn, tableDump } from "../../support/table-dump.js";
import { addRows, byId, full, makeTable, readRows, type TestTable } from "../../support/tables.js";

describe("what is written to a sensitive column", () => {
  let t: TestDatabase;
  let owner: DatabasePerson;
  let table: TestTable;
  beforeAll(async () => {
    [t, owner] = await organizationStage();
    table = await makeTable(t.database, owner, [
      { name: "secret", type: "TEXT", sensitive: true },
      { name: "plain", type: "TEXT" },
      { name: "doc", type: "JSON", sensitive: true, mask: "LAST4" },
    ]);
  });
  afterAll(() => t?.drop());

  it("stands neither in a table nor on disk, by addRows or updateRow", async () => {
    const canaries = ["canary-added-0001", "canary-inside-0002", "canary-updated-0003"];
    const [row] = await addRows(
      t.database,
      table,
      [{ secret: canaries[0], plain: "plain-to-see-0004", doc: { x: canaries[1] } }],
      owner.caller,
    );
    await call(t.database, "update_row", { id: row?.id, values: byId(table, { secret: canaries[2] }) }, owner.caller);
    const dump = await tableDump(t.admin);
    expect(canariesIn(dump, canaries)).toEqual([]);
    expect(canariesIn(dump, ["plain-to-see-0004"])).toHaveLength(1);
    for (const canary of canaries) expect(await isOnDisk(t.admin, "cloakroom.rows", canary), canary).toBe(false);
    expect(await isOnDisk(t.admin, "cloakroom.rows", "plain-to-see-0004")).toBe(true);
  });

  it("is refused where the trigger cannot seal it, even from who passes row security by", async () => {
    const { rows } = await t.admin.query("select organization_id from cloakroom.tables where id = $1", [table.id]);
    const insert = (values: object) =>
      t.admin.query('insert into cloakroom.rows (table_id, organization_id, "values") values ($1, $2, $3)', [
        table.id,
        rows[0].organization_id,
        values,
      ]);
    await expect(insert(byId(table, { secret: "canary-past-0005" }))).rejects.toMatchObject({ code: "CR404" });
    await insert(byId(table, { plain: "nothing to seal" }));
    expect(canariesIn(await tableDump(t.admin), ["canary-past-0005"])).toEqual([]);
  });

  it("is sealed under session_replication_role = replica too, which switches ordinary triggers off", async () => {
    const { rows } = await t.admin.query(
      `select tgname from pg_trigger where tgrelid in ('cloakroom.rows'::regclass, 'cloakroom.columns'::regclass)
       and not tgisinternal and tgenabled <> 'A'`,
    );
    expect(rows).toEqual([]);
  });

  it("leaves the data key in no setting after the call", async () => {
    await addRows(t.database, table, [{ secret: "x" }], owner.caller);
    expect((await readRows(t.database, table, owner.caller)).at(-1)?.secret).toBe(full);
    const client = await t.admin.connect();
    try {
      await client.query("begin");
      await client.query("select cloakroom_private.invoke('authenticated', $1, $2, null, 'add_rows', $3)", [
        JSON.stringify(owner.caller.claims),
        t.rootKey,
        JSON.stringify({ table_id: table.id, rows: [byId(table, { secret: "y" })] }),
      ]);
      const { rows } = await client.query("select current_setting('cloakroom.sealing', true) as kept");
      expect(rows[0].kept).toBe("");
      await client.query("rollback");
    } finally {
      client.release();
    }
  });
});
