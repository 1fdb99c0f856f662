import pg from "pg";

/** Classes whose messages name things of the schema, never values: syntax and names, what is not supported, rights, dependencies, ours. */
const speaking = /^(42|0A|28|2B|3F|55|57|CR|P0001)/;

/** What a failed file may say: its name, the line, and Postgres' message where that kind of message quotes no data. */
export function migrationError(label: string, sql: string, error: unknown): Error {
  if (!(error instanceof pg.DatabaseError))
    return new Error(`Migrating (${label}) failed: the connection to the database was lost.`);
  const state = error.code ?? "unknown";
  const line = lineOf(sql, error);
  const where = line ? `${label}, line ${line}` : label;
  const reason = speaking.test(state) ? error.message : "its message is withheld, since it may quote data";
  return new Error(`Migrating (${where}) failed with ${state}: ${reason}`);
}

/** The first pass over a function runs its file as an inner query, so that lines count in the file either way. */
function lineOf(sql: string, { position, internalPosition, internalQuery }: pg.DatabaseError): number | null {
  const [text, offset] = internalQuery ? [internalQuery, Number(internalPosition)] : [sql, Number(position)];
  return offset > 0 ? text.slice(0, offset).split("\n").length : null;
}
