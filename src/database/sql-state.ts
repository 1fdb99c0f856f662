/**
 * Of two calls that waited for each other Postgres undoes one whole, and so one that wrote what another wrote at the same
 * moment (functions look before they write): nothing was written, and it may come again.
 */
export const wasUndone = (sqlState: string) => ["40P01", "40001", "23505"].includes(sqlState);
/** Before it comes again: the other call takes its locks meanwhile, for which the two would meet again at once. */
export const pauseMilliseconds = 50;

/** Where the database is, or is closed: for the caller all one. */
export const isUnreachable = (sqlState: string) => /^(08|57P0|53300|28)/.test(sqlState);

/**
 * All connections of our own pool are in use: for the caller as good as a database that is away, but it says nothing of
 * the database. (53300, too_many_connections, which Postgres says, is told as 08006.)
 */
export const noneFree = "53300";
