import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen, isBrokenCircuitError } from "cockatiel";
import type { Calls } from "./contract.generated.js";
import { type Caller, type Database, DatabaseError } from "./port.js";
import { noneFree } from "./sql-state.js";

export interface CircuitBreakerOptions {
  readonly onOpen: () => void;
  readonly onClose: () => void;
}

/** So many calls in a row that found no database, and the next are refused without asking. */
const failuresInARow = 5;
/** Then one call in so many milliseconds asks whether it is back. */
const askEveryMilliseconds = 1_000;

/**
 * The same database; while it is away, calls fail at once instead of waiting for a connection each, and one call a second
 * looks whether it is back. Only what says "not reached" counts: an answer that is an error is an answer, and a call that
 * got no connection of our own pool has asked nobody.
 */
export function withCircuitBreaker(database: Database, { onOpen, onClose }: CircuitBreakerOptions): Database {
  const breaker = circuitBreaker(handleWhen(isFailure), {
    halfOpenAfter: askEveryMilliseconds,
    breaker: new ConsecutiveBreaker(failuresInARow),
  });
  /** What the breaker is not told of counts neither way, but it would close on it. */
  function isFailure(error: Error): boolean {
    return isUnreached(error) || (isNoneFree(error) && breaker.state === CircuitState.HalfOpen);
  }
  breaker.onBreak(onOpen);
  breaker.onReset(onClose);
  return {
    ...database,
    // Ready is who lets calls through. Asking is a look whether the database is back: traffic may wait for the answer.
    async isReady() {
      if (!(await database.isReady())) return false;
      return breaker.execute(async () => true).catch(() => false);
    },
    async call<F extends keyof Calls>(fn: F, args: Calls[F]["args"], caller: Caller) {
      // The one that looks may wait long for a database that is gone without a word; the others need not wait with it.
      if (breaker.state === CircuitState.HalfOpen) throw unreached();
      try {
        const answer = await breaker.execute(() => answered(database.call(fn, args, caller)));
        if ("refusal" in answer) throw answer.refusal;
        return answer.result;
      } catch (error) {
        if (isBrokenCircuitError(error)) throw unreached();
        throw error;
      }
    },
  };
}

const unreached = () => new DatabaseError("08006", "The database cannot be reached.");

/** To the breaker an error is an answer too, or it would go on counting past it. @throws where nobody was asked, or answered */
async function answered<Result>(call: Promise<Result>): Promise<{ result: Result } | { refusal: unknown }> {
  try {
    return { result: await call };
  } catch (error) {
    if (isUnreached(error as Error) || isNoneFree(error as Error)) throw error;
    return { refusal: error };
  }
}

const isUnreached = (error: Error) => error instanceof DatabaseError && error.sqlState.startsWith("08");
const isNoneFree = (error: Error) => error instanceof DatabaseError && error.sqlState === noneFree;
