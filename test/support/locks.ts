import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";

const mostTries = 500;

/**
 * Calls while a statement's locks are held, lets `meanwhile` happen while the call waits for them, and gives them back.
 * @throws Error where the call waits for nothing
 */
export async function callBehind<Answer>(
  admin: pg.Pool,
  lock: string,
  ask: () => Promise<Answer>,
  meanwhile: () => Promise<unknown>,
): Promise<Answer> {
  const holder = await admin.connect();
  try {
    await holder.query("begin");
    await holder.query(lock);
    const answer = ask();
    answer.catch(() => undefined);
    for (let tries = 0; !(await isSomebodyWaiting(admin)); tries++) {
      if (tries === mostTries) throw new Error("The call waits for nothing.");
      await sleep(10);
    }
    await meanwhile();
    await holder.query("commit");
    return await answer;
  } finally {
    holder.release(true);
  }
}

async function isSomebodyWaiting(admin: pg.Pool): Promise<boolean> {
  const { rowCount } = await admin.query(
    "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
  );
  return rowCount !== 0;
}
