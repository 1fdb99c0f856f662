import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { expect, it } from "vitest";
import type { Suite } from "../support/contract.js";
import { server } from "../support/stage.js";

const away = { sqlState: "08006", message: "The database cannot be reached.", detail: null };

/** What a driver does while its database is away or in its way, and that it comes back by itself. */
export const outages: Suite = (stage) => {
  async function comesBack() {
    const { database } = stage().driver;
    for (let tries = 0; tries < 200 && !(await database.isReady()); tries++) await sleep(100);
    expect(await database.isReady()).toBe(true);
    expect((await stage().call("me", {}, stage().owner.caller)).id).toBe(stage().owner.userId);
  }
  const bothRefusals = async () => [
    await stage().refusal(stage().call("me", {}, stage().owner.caller)),
    await stage().refusal(stage().call("start_verification", { phone: "+14155550100" }, server)),
  ];

  it("is ready while the database answers", async () => {
    expect(await stage().driver.database.isReady()).toBe(true);
    expect(await stage().call("release", {}, server)).toEqual(expect.any(String));
  });

  it("says that the database is away while the network is cut, and comes back after it", async () => {
    await stage().driver.cutNetwork();
    const refusals = await bothRefusals();
    const isReady = await stage().driver.database.isReady();
    await stage().driver.mendNetwork();
    expect([...refusals, isReady]).toEqual([away, away, false]);
    await comesBack();
  });

  it("says the same while the database lets nobody in, and comes back after it", async () => {
    const { admin } = stage().driver;
    const { rows } = await admin.query("select current_database() as name");
    await admin.query(`alter database ${rows[0].name} connection limit 0`);
    await dropConnections(admin);
    const refusals = await bothRefusals();
    const isReady = await stage().driver.database.isReady();
    await admin.query(`alter database ${rows[0].name} connection limit -1`);
    expect([...refusals, isReady]).toEqual([away, away, false]);
    await comesBack();
  });

  it("asks again when Postgres undid a call that waited for another", async () => {
    const { member, driver } = stage();
    const { id: tableId } = await stage().tableOf([{ name: "c", type: "TEXT" }]);
    const added = await stage().call("add_rows", { tableId, rows: [{}, {}] }, member.caller);
    const [first, second] = added.map(({ id }) => id).sort() as [string, string];
    const other = await driver.admin.connect();
    try {
      await other.query("begin; set local deadlock_timeout = '20s'");
      const lock = "select from cloakroom.rows where id = $1 for update";
      await other.query(lock, [second]);
      const deleted = driver.database.call("delete_rows", { ids: [first, second] }, member.caller);
      deleted.catch(() => undefined);
      await untilSomeoneWaits(driver.admin);
      // Waits for what the call holds: a circle, which Postgres breaks by undoing the call, that having waited longer.
      await other.query(lock, [first]);
      await other.query("rollback");
      expect(await deleted).toBe(2);
    } finally {
      other.release(true);
    }
  });
};

async function dropConnections(admin: pg.Pool): Promise<void> {
  const others = `select pid from pg_stat_activity where datname = current_database() and usename not in (current_user)`;
  await admin.query(`select pg_terminate_backend(pid) from (${others}) o`);
  for (let tries = 0; tries < 500 && (await admin.query(others)).rowCount; tries++) await sleep(20);
}

async function untilSomeoneWaits(admin: pg.Pool): Promise<void> {
  const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  for (let tries = 0; tries < 500; tries++) {
    if ((await admin.query(waiting)).rowCount) return;
    await sleep(20);
  }
  throw new Error("The call was expected to wait, and did not.");
}
