import pg from "pg";
import type { TestDatabase } from "./database.js";

/** A connection that acts as `cloakroom_owner`, as API functions do, with the root key set as the dispatcher sets it. */
export interface OwnerConnection {
  /** The one value that the expression has; `$1` and so on stand for `args`. */
  value<T = string>(expression: string, ...args: unknown[]): Promise<T>;
  /** What the expression failed with. */
  failure(expression: string, ...args: unknown[]): Promise<pg.DatabaseError>;
  query(statement: string, args?: unknown[]): Promise<pg.QueryResult>;
  setRootKey(rootKey: string): Promise<void>;
  end(): Promise<void>;
}

export async function connectAsOwner(database: TestDatabase): Promise<OwnerConnection> {
  const client = new pg.Client(database.adminUrl);
  await client.connect();
  await client.query("set role cloakroom_owner");
  const setRootKey = async (rootKey: string) => {
    await client.query("select set_config('cloakroom.root_key', $1, false)", [rootKey]);
  };
  await setRootKey(database.rootKey);
  const value = async <T>(expression: string, ...args: unknown[]): Promise<T> =>
    (await client.query(`select ${expression} as value`, args)).rows[0].value;
  const failure = async (expression: string, ...args: unknown[]): Promise<pg.DatabaseError> =>
    value(expression, ...args).then(
      () => Promise.reject(new Error(`${expression} did not fail`)),
      (error: pg.DatabaseError) => error,
    );
  return {
    value,
    failure,
    setRootKey,
    query: (statement, args) => client.query(statement, args),
    end: () => client.end(),
  };
}

/** All that the server would send or log of an error. */
export function everythingOf(error: pg.DatabaseError): string {
  return JSON.stringify([error.message, error.detail, error.hint, error.where, error.internalQuery, error.column]);
}
