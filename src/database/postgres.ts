import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { camelCased, snakeCasedArguments } from "./casing.js";
import type { Log } from "./log.js";
import { type Caller, type Database, DatabaseError } from "./port.js";
import { isUnreachable, noneFree, pauseMilliseconds, wasUndone } from "./sql-state.js";
import { storableJson } from "./storable-json.js";

export interface PostgresDatabaseOptions {
  /** As the login role `cloakroom_server`; a transaction pooler will do. */
  readonly url: string;
  readonly rootKey: string;
  readonly poolSize?: number;
  /** For a new connection, and for one of the pool's to come free. */
  readonly connectTimeoutMilliseconds?: number;
  readonly log: Log;
}

const callText = "select cloakroom_private.invoke($1, $2, $3, $4, $5, $6) as result";
const readyText =
  "select has_function_privilege('cloakroom_private.invoke(text,jsonb,text,text,text,jsonb)', 'execute') as ready";
/** A little over the login role's statement_timeout, so that the server's own word comes first. */
const queryTimeoutMilliseconds = 35_000;

/** The driver for any Postgres: each call is one statement to the dispatcher, unnamed, so that poolers can take it. */
export function createPostgresDatabase(options: PostgresDatabaseOptions): Database {
  const { rootKey } = options;
  const pool = createPool(options);
  return {
    async call(fn, args, caller) {
      const values = parameters(String(fn), args, caller, rootKey);
      const once = () => run<{ result: unknown }>(pool, callText, values);
      const row = await once().catch(async (error: DatabaseError) => {
        if (!wasUndone(error.sqlState)) throw error;
        await sleep(pauseMilliseconds);
        return once();
      });
      return camelCased(row?.result) as never;
    },
    async isReady() {
      return run<{ ready: boolean }>(pool, readyText, []).then(
        (row) => row?.ready === true,
        () => false,
      );
    },
    close: () => pool.end(),
  };
}

/** Without an error listener a restart of the database would end this process. */
function createPool(options: PostgresDatabaseOptions): pg.Pool {
  const { url, poolSize = 10, connectTimeoutMilliseconds = 10_000, log } = options;
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    application_name: "cloakroom",
    connectionTimeoutMillis: connectTimeoutMilliseconds,
    idleTimeoutMillis: 60_000,
    query_timeout: queryTimeoutMilliseconds,
    keepAlive: true,
  });
  pool.on("connect", (client) => client.on("error", () => undefined));
  pool.on("error", (error) =>
    log("a database connection was lost", { code: (error as { code?: string }).code ?? null }),
  );
  return pool;
}

function parameters(fn: string, args: Readonly<Record<string, unknown>>, caller: Caller, rootKey: string): unknown[] {
  const claims = caller.claims === null ? null : storableJson(caller.claims);
  return [caller.role, claims, rootKey, caller.clientAddress, fn, storableJson(snakeCasedArguments(args))];
}

/** What pg-pool says where all its connections were in use for so long; it has no code. */
const poolExhausted = "timeout exceeded when trying to connect";

/** A connection is kept after an error that the server sent, and thrown away after any other. */
async function run<Row>(pool: pg.Pool, text: string, values: unknown[]): Promise<Row | undefined> {
  let client: pg.PoolClient;
  try {
    client = await pool.connect();
  } catch (error) {
    throw (error as Error).message === poolExhausted
      ? new DatabaseError(noneFree, "No connection is free.")
      : databaseError(error);
  }
  try {
    const { rows } = await client.query({ text, values });
    client.release();
    return rows[0] as Row | undefined;
  } catch (error) {
    client.release(!(error instanceof pg.DatabaseError) || error.severity !== "ERROR");
    throw databaseError(error);
  }
}

/** Never the driver's error itself: it holds query, parameters and values. */
function databaseError(error: unknown): DatabaseError {
  const code = error instanceof pg.DatabaseError ? error.code : undefined;
  if (!code || isUnreachable(code)) return new DatabaseError("08006", "The database cannot be reached.");
  const { message, detail } = error as pg.DatabaseError;
  if (code.startsWith("CR")) return new DatabaseError(code, message, detail || null);
  return new DatabaseError(code, `database error ${code}`);
}
