import type { Calls } from "../../src/database/contract.generated.js";
import { type Database, DatabaseError } from "../../src/database/port.js";

export interface Disturbances {
  /** What another replica does, once, just before a function is called. */
  readonly before: Map<keyof Calls, () => Promise<unknown>>;
  /** Functions whose next call does what it should, but whose answer never comes. */
  readonly unanswered: Set<keyof Calls>;
}

/** A database between whose calls things happen, each once. */
export function disturbedDatabase(database: Database): { disturbed: Database; disturbances: Disturbances } {
  const disturbances: Disturbances = { before: new Map(), unanswered: new Set() };
  const { before, unanswered } = disturbances;
  const disturbed: Database = {
    ...database,
    // Whoever made it ends it.
    close: async () => undefined,
    async call(fn, args, caller) {
      const first = before.get(fn);
      before.delete(fn);
      await first?.();
      const answer = await database.call(fn, args, caller);
      if (unanswered.delete(fn)) throw new DatabaseError("08006", "The database cannot be reached.");
      return answer;
    },
  };
  return { disturbed, disturbances };
}
