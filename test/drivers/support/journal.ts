import type { Calls } from "../../../src/database/contract.generated.js";
import type { Caller, Database, DatabaseError } from "../../../src/database/port.js";
import { withoutChance } from "./without-chance.js";

/** One call of a case as every driver has to answer it: ids, times and codes are marks, the rest is to the letter. */
export interface Entry {
  readonly fn: string;
  readonly role: string;
  readonly args: unknown;
  readonly answer?: unknown;
  readonly refusal?: unknown;
}

export interface Journal {
  /** From here on calls belong to this case; null: to none, and are not kept. */
  open(title: string | null): void;
  /** Case title → its calls in order. */
  readonly cases: ReadonlyMap<string, readonly Entry[]>;
  /** Functions that answered, and SQLSTATEs with which functions refused. */
  readonly answered: ReadonlySet<string>;
  readonly refused: ReadonlyMap<string, ReadonlySet<string>>;
  /** The same database, every call of which is noted. */
  readonly database: Database;
}

/** Calls have to come one after the other, or what is noted depends on chance: races go to the database itself. */
export function createJournal(database: Database): Journal {
  const cases = new Map<string, Entry[]>();
  const answered = new Set<string>();
  const refused = new Map<string, Set<string>>();
  let entries: Entry[] | null = null;
  let marks = withoutChance();

  function refusalOf({ sqlState, message, detail }: DatabaseError, fn: string) {
    refused.set(fn, (refused.get(fn) ?? new Set()).add(sqlState));
    // The seconds to wait differ from run to run.
    return { sqlState, message, detail: sqlState === "CR429" ? marks({ retryAfter: detail }) : detail };
  }

  async function call<F extends keyof Calls>(fn: F, args: Calls[F]["args"], caller: Caller) {
    const into = entries;
    const asked = { fn, role: caller.role, args: marks(args) };
    try {
      const answer = await database.call(fn, args, caller);
      answered.add(fn);
      into?.push({ ...asked, answer: marks(answer) });
      return answer;
    } catch (error) {
      into?.push({ ...asked, refusal: marks(refusalOf(error as DatabaseError, fn)) });
      throw error;
    }
  }

  return {
    cases,
    answered,
    refused,
    open(title) {
      entries = title === null ? null : [];
      marks = withoutChance();
      if (title !== null && entries) cases.set(title, entries);
    },
    database: { call, isReady: () => database.isReady(), close: () => database.close() },
  };
}
