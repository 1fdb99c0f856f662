/** Of two calls that waited for each other Postgres undoes one whole: nothing was written, and it may come again. */
export const wasUndone = (sqlState: string) => sqlState === "40P01" || sqlState === "40001";
/** Before it comes again: the other call takes its locks meanwhile, for which the two would meet again at once. */
export const pauseMilliseconds = 50;

/** Where the database is, or is closed: for the caller all one. */
export const isUnreachable = (sqlState: string) => /^(08|57P0|53300|28)/.test(sqlState);
