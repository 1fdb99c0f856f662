import { setTimeout as sleep } from "node:timers/promises";

const tooCloseSeconds = 30;

/** A budget of a UTC day that ends in the middle of a test is two budgets: so close to midnight, waits for the next day. */
export async function awayFromMidnight(): Promise<void> {
  const left = 86_400 - ((Date.now() / 1000) % 86_400);
  if (left < tooCloseSeconds) await sleep((left + 1) * 1000);
}
