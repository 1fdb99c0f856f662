import { bulkhead } from "cockatiel";
import type { Calls } from "../database/contract.generated.js";
import type { Caller, Database, RequestShare } from "../database/port.js";
import { tooMuch } from "./errors.js";
import { jsonCharacters } from "./json-size.js";

/** What an answer may hold, and what a request may have read before another call is refused it. */
export const mostBytes = 64 * 1024 * 1024;
/** A pool has ten connections: one request leaves most of them to others. */
const mostCallsAtOnce = 4;

/** Those that answer up to 64 MiB each: of one request they come one after the other. */
const pages: ReadonlySet<keyof Calls> = new Set(["webhook_events", "rows", "messages", "audit_events"]);

/**
 * What one request may have of the database. Aliases make any number of calls of one short query: without an end to them
 * it would take every connection of the pool, and hold in memory, at once, a largest page for each.
 */
export function createRequestShare(): RequestShare {
  const calls = bulkhead(mostCallsAtOnce, Number.POSITIVE_INFINITY);
  const pageCalls = bulkhead(1, Number.POSITIVE_INFINITY);
  let read = 0;
  const unmeasured: unknown[] = [];
  const call = <Result>(ask: () => Promise<Result>) =>
    calls.execute(async () => {
      // Before the call, never after: what it has written by then would have happened unsaid.
      for (const result of unmeasured.splice(0)) read += jsonCharacters(result);
      if (read > mostBytes) throw tooMuch();
      const result = await ask();
      // Once there is another call: most requests end with their largest page.
      unmeasured.push(result);
      return result;
    });
  return { call: (fn, ask) => (pages.has(fn) ? pageCalls.execute(() => call(ask)) : call(ask)) };
}

/** The same database, of which each request has no more than its share. Callers without one are the server itself. */
export const withRequestShares = (database: Database): Database => ({
  ...database,
  call<F extends keyof Calls>(fn: F, args: Calls[F]["args"], caller: Caller): Promise<Calls[F]["result"]> {
    const ask = () => database.call(fn, args, caller);
    return caller.share ? caller.share.call(fn, ask) : ask();
  },
});
