import { execFileSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { serverRolePassword, serverUrl } from "../../src/database/login-role.js";
import type { Caller } from "../../src/database/port.js";
import { createPostgresDatabase } from "../../src/database/postgres.js";
import { openDirectory } from "../../test/system/support/checkout.js";
import { type BenchServer, startBenchServer } from "../support/cloakroom.js";
import { load, median, post } from "../support/load.js";
import { keepResults } from "../support/results.js";

const connections = 10;
const rounds = 3;
const seconds = 4;
const pgbench = "/usr/lib/postgresql/15/bin/pgbench";
const mutation =
  "mutation($row: ID!, $column: ID!) { revealCell(input: { rowId: $row, columnId: $column }) { value } }";

/** How many reveals a second of one organization, each with its chained audit event on the disk? */
export async function benchReveals(): Promise<void> {
  if (!existsSync(pgbench)) throw new Error("The reveals are measured beside pgbench: install Debian's postgresql-15.");
  const cloakroom = await startBenchServer();
  const url = serverUrl(cloakroom.cluster.url, serverRolePassword(cloakroom.rootKey));
  const direct = createPostgresDatabase({
    url,
    rootKey: cloakroom.rootKey,
    poolSize: connections,
    log: () => undefined,
  });
  const script = pgbenchScript(cloakroom);
  const ways = {
    http: async () => (await load(seconds, connections, overHttp(cloakroom))).perSecond,
    dispatcher: async () => (await load(seconds, connections, throughDriver(cloakroom, direct))).perSecond,
    pgbench: async () => runPgbench(url, script),
  };
  const results = { http: [] as number[], dispatcher: [] as number[], pgbench: [] as number[] };
  for (let round = -1; round < rounds; round++)
    for (const way of ["http", "dispatcher", "pgbench"] as const) {
      const perSecond = await ways[way]();
      if (round >= 0) results[way].push(perSecond);
    }
  const bare = median(results.pgbench);
  const line = (name: string, rate: number) => `| ${name} | ${rate.toFixed(0)} | ${(rate / bare).toFixed(2)} |`;
  keepResults(
    import.meta.dirname,
    cloakroom,
    `# Reveals a second, in one organization

Each reveal decrypts one cell and appends one event to the organization's chain, flushed before it is answered;
${connections} connections. pgbench calls the dispatcher with the same arguments, prepared, over the same kind of connection.

| | reveals/s | of pgbench |
| --- | --- | --- |
${line("pgbench", bare)}
${line("through the driver, in Node", median(results.dispatcher))}
${line("over HTTP, as `revealCell`", median(results.http))}

**Ratio over HTTP: ${(median(results.http) / bare).toFixed(2)}** (aim: 0.5 or more).`,
  );
  rmSync(path.dirname(script), { recursive: true });
  await direct.close();
  await cloakroom.stop();
}

const someRow = ({ rowIds }: BenchServer) => rowIds[Math.floor(Math.random() * rowIds.length)] ?? "";

function overHttp(cloakroom: BenchServer) {
  const headers = { "content-type": "application/json", authorization: `Bearer ${cloakroom.accessToken}` };
  return async () => {
    const variables = { row: someRow(cloakroom), column: cloakroom.columnId };
    const answer = await post(
      `${cloakroom.server.url}/graphql`,
      headers,
      JSON.stringify({ query: mutation, variables }),
    );
    if (answer.includes('"errors"')) throw new Error(answer);
  };
}

const claimsOf = (accessToken: string) =>
  JSON.parse(Buffer.from(accessToken.split(".")[1] ?? "", "base64url").toString()) as Record<string, unknown>;

function throughDriver(cloakroom: BenchServer, database: ReturnType<typeof createPostgresDatabase>) {
  const claims = claimsOf(cloakroom.accessToken);
  const caller: Caller = {
    role: "authenticated",
    claims,
    accessToken: cloakroom.accessToken,
    clientAddress: "127.0.0.1",
  };
  return () => database.call("reveal_cell", { rowId: someRow(cloakroom), columnId: cloakroom.columnId }, caller);
}

function pgbenchScript(cloakroom: BenchServer): string {
  const file = path.join(openDirectory(), "reveal.sql");
  const claims = JSON.stringify(claimsOf(cloakroom.accessToken));
  writeFileSync(
    file,
    `\\set row random(1, ${cloakroom.rowIds.length})
select cloakroom_private.invoke('authenticated', '${claims}', '${cloakroom.rootKey}', '127.0.0.1', 'reveal_cell',
  jsonb_build_object('row_id', ('{${cloakroom.rowIds.join()}}'::text[])[:row], 'column_id', '${cloakroom.columnId}'));
`,
    { mode: 0o600 },
  );
  return file;
}

function runPgbench(url: string, script: string): number {
  const { hostname, port, username, password, pathname } = new URL(url);
  const options = ["-n", "-M", "prepared", "-c", String(connections), "-j", "2", "-T", String(seconds), "-f", script];
  const place = ["-h", hostname, "-p", port, "-U", username, pathname.slice(1)];
  const output = execFileSync(pgbench, [...options, ...place], { encoding: "utf8", env: { PGPASSWORD: password } });
  return Number(/tps = ([\d.]+)/.exec(output)?.[1]);
}
