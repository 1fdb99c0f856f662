import { setTimeout as sleep } from "node:timers/promises";
import type { Postmaster } from "./embedded-process.js";
import type { Log } from "./log.js";

export interface RevivalParts {
  readonly first: Postmaster;
  /** Starts it again in the same place and on the same port. @throws where it did not start */
  readonly relaunch: () => Promise<Postmaster>;
  readonly log: Log;
}

/** Before each try. The first ones are soon, since a Postgres whose head was killed needs a moment to end altogether. */
const pausesMilliseconds = [200, 500, 1_000, 2_000, 5_000, 15_000, 30_000];
/** One that ran for so long before it ended again is taken for a new case. */
const steadyMilliseconds = 60_000;

/**
 * Starts a Postgres that ended by itself (the system killed it for want of memory, say) again; what was answered is
 * there, since it recovers as after any crash. Each end in a row is met more slowly, and the last one is left to
 * whoever runs the server: a Postgres that cannot start, for a full disk, is not made better by trying for ever.
 */
export function keepRunning({ first, relaunch, log }: RevivalParts): { stop(): Promise<void> } {
  const stopped = new AbortController();
  let current: Postmaster | null = first;
  let reviving: Promise<void> = Promise.resolve();
  let tries = 0;
  let startedAt = performance.now();

  const watch = (postmaster: Postmaster) =>
    postmaster.onUnexpectedEnd(() => {
      if (performance.now() - startedAt > steadyMilliseconds) tries = 0;
      current = null;
      reviving = revive();
    });
  const revive = async () => {
    for (let pause = pausesMilliseconds[tries++]; pause !== undefined; pause = pausesMilliseconds[tries++]) {
      await sleep(pause, undefined, { signal: stopped.signal, ref: false }).catch(() => undefined);
      if (stopped.signal.aborted) return;
      log("The embedded Postgres has ended by itself and is started again.", { attempt: tries });
      current = await relaunch().catch(() => null);
      if (!current) continue;
      startedAt = performance.now();
      watch(current);
      return;
    }
    log("The embedded Postgres does not start again: postgres.log in the data directory says why; restart the server.");
  };
  watch(first);
  return {
    async stop() {
      stopped.abort();
      await reviving;
      await current?.stop();
    },
  };
}
