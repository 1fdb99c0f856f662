import type { Caller } from "../database/port.js";
import { rateLimited } from "./errors.js";
import type { Failures } from "./failures.js";
import { addressKey, createRequestLimit } from "./request-limit.js";

/** What a call found under a session: something, nothing, or nobody can say yet since the database is away. */
export type Found = "something" | "nothing" | "unsaid";

export interface SessionTries {
  /**
   * Makes a call with a session; `ask` says what it found. @throws RATE_LIMITED
   * @param hash of the session
   */
  count<Answer>(caller: Caller, hash: string, ask: (found: (what: Found) => void) => Promise<Answer>): Promise<Answer>;
}

/** Sessions that one network may try in a minute under which nothing stands. */
const perMinute = 60;
/** Sessions remembered at most; beyond it the one first asked for longest ago is forgotten. */
const capacity = 50_000;

/**
 * A thread session has 256 bits; still no network gets to try many. What counts is another session, not another call: a
 * client that asks again after it disconnected guesses nothing, and whoever guesses keeps nobody on their network from a
 * session that was asked for before. Counted before the database is asked, so that many at once are no way round, and
 * given back where something stood there or the call came to nothing.
 */
export function createSessionTries(failures: Failures): SessionTries {
  const tries = createRequestLimit({ perMinute });
  const asked = new Set<string>();
  const remember = (hash: string) => {
    asked.add(hash);
    const [oldest] = asked;
    if (asked.size > capacity && oldest !== undefined) asked.delete(oldest);
  };
  return {
    async count({ clientAddress }, hash, ask) {
      if (asked.has(hash)) return ask(() => undefined);
      const network = addressKey(clientAddress);
      const wait = tries.take(network);
      if (wait > 0) throw rateLimited(wait);
      const outcome: { found: Found | null } = { found: null };
      try {
        return await ask((what) => {
          outcome.found = what;
        });
      } finally {
        if (outcome.found === null || outcome.found === "something") tries.giveBack(network);
        if (outcome.found === "nothing") failures.note("thread_session");
        if (outcome.found !== null) remember(hash);
      }
    },
  };
}
