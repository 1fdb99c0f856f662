import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";

/** A Postgres as its administrator sees it. */
export interface Cluster {
  /** A superuser's URL. */
  readonly url: string;
  readonly dataDirectory: string;
  /** Every value of every table, as text. */
  dump(): string;
  psql(statement: string): string;
  stop(): void;
}

/** The running embedded Postgres of a data directory, reached with the password that is kept there. */
export function embeddedCluster(dataDirectory: string): Cluster {
  const cluster = path.join(dataDirectory, "postgres");
  const password = readFileSync(path.join(dataDirectory, "postgres.password"), "utf8").trim();
  const port = readFileSync(path.join(cluster, "postmaster.pid"), "utf8").split("\n")[3];
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const psql = (statement: string) =>
    execFileSync("psql", ["-X", "-v", "ON_ERROR_STOP=1", "-At", "-c", statement, url], {
      encoding: "utf8",
      maxBuffer: 1 << 30,
    });
  return { url, dataDirectory: cluster, psql, dump: () => copyOfEverything(psql), stop: () => undefined };
}

/** Debian's pg_dump refuses a newer server, so every table is copied out. */
function copyOfEverything(psql: (statement: string) => string): string {
  const tables = psql(
    `select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema')`,
  );
  return tables
    .split("\n")
    .filter(Boolean)
    .map((table) => psql(`copy (select * from ${table}) to stdout`))
    .join("\n");
}
