import { startServer } from "../../test/system/support/server-process.js";
import { startBenchServer } from "../support/cloakroom.js";
import { cpuMilliseconds, load, median, post } from "../support/load.js";
import { keepResults } from "../support/results.js";

const connections = 16;
const rounds = 9;
const query = "query($id: ID!) { table(id: $id) { rows(first: 100) { nodes { id values version } } } }";

/** What CPU does a masked page of 100 rows × 10 columns cost, beside a bare handler over the same Postgres? */
export async function benchMaskedPage(): Promise<void> {
  const cloakroom = await startBenchServer();
  const bare = await startServer({
    command: ["node", "--import", "tsx", "bench/masked-page/bare-server.ts"],
    cwd: process.cwd(),
    env: { DATABASE_URL: cloakroom.cluster.url },
  });
  const json = { "content-type": "application/json" };
  const asked = JSON.stringify({ query, variables: { id: cloakroom.tableId } });
  const bareAsked = JSON.stringify({ tableId: cloakroom.tableId });
  const sides = {
    cloakroom: {
      pid: cloakroom.server.pid,
      once: () =>
        post(`${cloakroom.server.url}/graphql`, { ...json, authorization: `Bearer ${cloakroom.accessToken}` }, asked),
    },
    bare: { pid: bare.pid, once: () => post(bare.url, json, bareAsked) },
  };
  for (const { once } of Object.values(sides)) {
    const text = await once();
    if (JSON.parse(text).data?.table.rows.nodes.length !== 100) throw new Error(text.slice(0, 500));
  }
  const results = { cloakroom: [] as Result[], bare: [] as Result[] };
  for (let round = -1; round < rounds; round++)
    for (const name of ["cloakroom", "bare"] as const) {
      const result = await measure(sides[name].pid, sides[name].once);
      if (round >= 0) results[name].push(result);
    }
  const [ours, theirs] = [summary(results.cloakroom), summary(results.bare)];
  // Round by round, since what else runs on the machine weighs on both sides of a round alike.
  const ratios = results.cloakroom.map(({ cpu }, round) => cpu / (results.bare[round]?.cpu ?? Number.NaN));
  keepResults(
    import.meta.dirname,
    cloakroom,
    `# A masked page of 100 rows × 10 columns, two of them sensitive

CPU time of the server process per request, over HTTP, ${connections} connections; client and Postgres in processes of
their own. The bare handler is node:http and pg: the same rows of the same table, and nobody asked who they are.

| | CPU ms a request | requests/s |
| --- | --- | --- |
| Cloakroom | ${ours.cpu.toFixed(3)} | ${ours.perSecond.toFixed(0)} |
| bare handler | ${theirs.cpu.toFixed(3)} | ${theirs.perSecond.toFixed(0)} |

**Ratio of CPU: ${median(ratios).toFixed(2)}** (median of the rounds' ratios; aim: 2.5 or less).`,
  );
  bare.interrupt("SIGKILL");
  await cloakroom.stop();
}

interface Result {
  readonly cpu: number;
  readonly perSecond: number;
}

async function measure(pid: number, once: () => Promise<unknown>): Promise<Result> {
  const before = cpuMilliseconds(pid);
  const { count, perSecond } = await load(2, connections, once);
  return { cpu: (cpuMilliseconds(pid) - before) / count, perSecond };
}

const summary = (results: readonly Result[]): Result => ({
  cpu: median(results.map(({ cpu }) => cpu)),
  perSecond: median(results.map(({ perSecond }) => perSecond)),
});
