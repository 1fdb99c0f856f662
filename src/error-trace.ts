import { DatabaseError } from "./database/port.js";

/** What a log may hold of a thrown thing: name, SQLSTATE and stack frames. Messages and driver properties quote values. */
export function errorTrace(error: unknown): object {
  if (!(error instanceof Error)) return { error: typeof error };
  const [, ...frames] = (error.stack ?? "").split(error.message || error.name);
  return {
    error: error.name,
    ...(error instanceof DatabaseError && { sqlState: error.sqlState }),
    stack: frames
      .join("")
      .split("\n")
      .filter((line) => /^\s+at /.test(line)),
  };
}
