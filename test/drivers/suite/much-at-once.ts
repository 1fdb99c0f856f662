import { beforeAll, expect, it } from "vitest";
import type { Suite } from "../support/contract.js";
import { server } from "../support/stage.js";

/** Lists, pages and answers of any length: Supabase cuts sets at 1,000 rows where nobody sees to it. */
export const muchAtOnce: Suite = (stage) => {
  let tables: string[];
  beforeAll(async () => {
    const { admin } = stage().driver;
    tables = [];
    for (let n = 0; n < 3; n++) tables.push((await stage().tableOf([])).id);
    await admin.query(
      `insert into cloakroom.rows (table_id, organization_id, "values")
       select t, $2, '{}' from unnest($1::uuid[]) t, generate_series(1, 600)`,
      [tables, stage().organizationId],
    );
  });

  it("answers a page of 500 rows whole, with the one that says there are more", async () => {
    const { viewer, driver } = stage();
    const rows = await driver.database.call("rows", { tableIds: tables.slice(0, 1), first: 500 }, viewer.caller);
    expect(rows).toHaveLength(501);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(501);
  });

  it("answers pages of several tables whole beyond 1,000 rows, each in its order", async () => {
    const { viewer, driver } = stage();
    const rows = await driver.database.call("rows", { tableIds: tables, first: 500 }, viewer.caller);
    expect(rows).toHaveLength(1503);
    for (const id of tables) {
      const page = rows.filter(({ tableId }) => tableId === id).map(({ sequence }) => sequence);
      expect(page).toHaveLength(501);
      expect(page).toEqual([...page].sort((a, b) => a - b));
    }
  });

  it("adds and deletes 1,000 rows in one call", async () => {
    const { member, driver } = stage();
    const { id: tableId, ids: columns } = await stage().tableOf([{ name: "n", type: "NUMBER" }]);
    const given = Array.from({ length: 1000 }, (_, n) => ({ [columns.n ?? ""]: n }));
    const added = await driver.database.call("add_rows", { tableId, rows: given }, member.caller);
    expect(added.map(({ values }) => values)).toEqual(given);
    const ids = added.map(({ id }) => id);
    expect(await driver.database.call("delete_rows", { ids }, member.caller)).toBe(1000);
  });

  it("answers lists that have no pages whole beyond 1,000", async () => {
    const { owner, driver } = stage();
    const organizationId = await stage().organizationOf(owner);
    await driver.admin.query(
      `insert into cloakroom.members (id, organization_id, phone_hash, phone_sealed, phone_mask, role, created_at)
       select gen_random_uuid(), $1, decode(md5(n::text) || md5(n::text), 'hex'), 'none', '', 'VIEWER', now() + n * interval '1 second'
       from generate_series(1, 1200) n`,
      [organizationId],
    );
    const members = await driver.database.call("members", { organizationIds: [organizationId] }, owner.caller);
    expect(members).toHaveLength(1201);
  });

  it("answers eight mebibytes whole, and refuses more than 64 as too much", async () => {
    const { owner, driver } = stage();
    const small = await stage().tableOf([{ name: "c", type: "TEXT" }]);
    const large = await stage().tableOf([{ name: "c", type: "TEXT" }]);
    for (const [table, rows] of [
      [small, 8],
      [large, 66],
    ] as const)
      await driver.admin.query(
        `insert into cloakroom.rows (table_id, organization_id, "values")
         select $1, $2, jsonb_build_object($3::text, repeat('x', 1048576)) from generate_series(1, $4)`,
        [table.id, stage().organizationId, table.ids.c, rows],
      );
    const read = (id: string) => driver.database.call("rows", { tableIds: [id], first: 500 }, owner.caller);
    const whole = await read(small.id);
    expect(whole.map(({ values }) => JSON.stringify(values).length > 1_048_576)).toEqual(Array(8).fill(true));
    expect(await stage().refusal(read(large.id))).toMatchObject({ sqlState: "CR422" });
    await driver.admin.query("delete from cloakroom.rows where table_id = $1", [large.id]);
  });

  it("answers a hundred calls at once, each with its own", async () => {
    const { owner, member, stranger, driver } = stage();
    const people = [owner, member, stranger];
    const asked = Array.from({ length: 100 }, (_, n) => people[n % 3] ?? owner);
    const answers = await Promise.all(asked.map(({ caller }) => driver.database.call("me", {}, caller)));
    expect(answers.map(({ id }) => id)).toEqual(asked.map(({ userId }) => userId));
    const [late] = await Promise.all([
      driver.database.call("start_verification", { phone: stage().nextPhone() }, server),
      driver.database.call("me", {}, owner.caller),
    ]);
    expect(late.outcome).toBe("sent");
  });
};
