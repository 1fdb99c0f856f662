import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { createRecordingClient } from "./support/client.js";
import { deployBehindPooler, type PooledDeployment } from "./support/pooled-servers.js";
import { eventually, pause, type ServerProcess } from "./support/server-process.js";
import { makeTenant, type Tenant } from "./support/tenant.js";
import { emptyTally, hammer, type Load } from "./support/tenant-load.js";

const limits = { REVEALS_PER_MINUTE: "1000000", OTP_PER_IP_PER_HOUR: "1000" };

describe("outages under load behind PgBouncer", () => {
  let deployment: PooledDeployment;
  let servers: ServerProcess[];
  let tenants: readonly [Tenant, Tenant];
  let tallies = [emptyTally(), emptyTally()] as const;

  beforeAll(async () => {
    deployment = await deployBehindPooler(inject("checkout"), { logins: "auth_query" });
    servers = [await deployment.start(limits), await deployment.start(limits)];
    const [first, second] = servers as [ServerProcess, ServerProcess];
    tenants = [await makeTenant(first, "#D4#"), await makeTenant(second, "#E5#")];
  });
  afterAll(() => deployment?.stop());

  /** What was answered stands, and every chain holds; whoever got no answer, or UNAVAILABLE, may have been served. */
  afterEach(async () => {
    expect(tallies.flatMap(({ wrong }) => wrong).slice(0, 3)).toEqual([]);
    for (const [index, tenant] of tenants.entries()) {
      const client = createRecordingClient(servers.at(-1)?.url ?? "");
      Object.assign(client.headers, tenant.people[0]);
      const { verifyAuditLog } = await client.run<{ verifyAuditLog: { valid: boolean } }>(
        "mutation($id: ID!) { verifyAuditLog(organizationId: $id) { valid } }",
        { id: tenant.organizationId },
      );
      expect(verifyAuditLog.valid).toBe(true);
      const stored = new Set(
        deployment.cluster.psql(`select id from cloakroom.rows where table_id = '${tenant.tableId}'`).split("\n"),
      );
      expect([...(tallies[index]?.rows.keys() ?? [])].filter((id) => !stored.has(id))).toEqual([]);
    }
  });

  /** Both tenants at once, until told to stop. */
  function loadOn(urls: readonly string[], tolerated: readonly string[]) {
    tallies = [emptyTally(), emptyTally()];
    let goesOn = true;
    const relaySecret = deployment.settings.RELAY_WEBHOOK_SECRET ?? "";
    const loads: Load[] = [0, 1].map((index) => ({
      tenant: tenants[index as 0 | 1],
      other: tenants[index === 0 ? 1 : 0],
      tally: tallies[index as 0 | 1],
      relaySecret,
      urls,
      tolerated,
    }));
    const running = Promise.all(loads.map((load) => hammer(load, 8, () => goesOn)));
    return {
      async stop() {
        goesOn = false;
        await running;
        return tallies.map(({ outcomes }) => outcomes);
      },
    };
  }

  const isReady = async ({ url }: ServerProcess) => (await fetch(`${url}/readyz`)).status === 200;

  /** Seconds until every server says that it is ready, or that it is not. */
  async function secondsUntil(ready: boolean): Promise<number> {
    const began = Date.now();
    while ((await Promise.all(servers.map(isReady))).includes(!ready)) await pause(20);
    return (Date.now() - began) / 1000;
  }

  it("goes on through the other server when one is killed with -9, and takes another in its place", async () => {
    const [victim, survivor] = servers as [ServerProcess, ServerProcess];
    const urls = [victim.url, survivor.url];
    const load = loadOn(urls, []);
    await pause(2_000);
    process.kill(victim.pid, "SIGKILL");
    const missed = () => tallies.every(({ outcomes }) => (outcomes["no answer"] ?? 0) > 0);
    expect(await eventually(missed, 20)).toBe(true);
    urls.splice(0, 1);
    const replacement = await deployment.start(limits);
    urls.push(replacement.url);
    await pause(2_000);
    for (const outcomes of await load.stop()) expect(outcomes.UNAVAILABLE).toBeUndefined();
    servers = [survivor, replacement];
  });

  const outages = {
    "PgBouncer is killed and comes back": async () => {
      await deployment.pooler.kill();
      expect(await secondsUntil(false)).toBeLessThan(15);
      await deployment.pooler.start();
    },
    "Postgres ends every connection again and again": async () => {
      const wasMet = () => tallies.some(({ outcomes }) => (outcomes.UNAVAILABLE ?? 0) > 0);
      // Nobody misses a connection that idles: not every round ends one at work.
      for (let round = 0; round < 5 || (!wasMet() && round < 100); round++) {
        deployment.cluster.psql(
          "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'cloakroom_server'",
        );
        await pause(200);
      }
    },
  };

  for (const [what, happens] of Object.entries(outages))
    it(`answers UNAVAILABLE or as ever while ${what}, and is itself again within fifteen seconds`, async () => {
      const urls = servers.map(({ url }) => url);
      const load = loadOn(urls, ["UNAVAILABLE"]);
      await pause(1_500);
      await happens();
      expect(await secondsUntil(true)).toBeLessThan(15);
      const outcomes = await load.stop();
      expect(outcomes.flatMap((counts) => counts["no answer"] ?? [])).toEqual([]);
      expect(outcomes.some((counts) => (counts.UNAVAILABLE ?? 0) > 0)).toBe(true);
      await calmLoad(urls);
      for (const server of servers) process.kill(server.pid, 0);
    });

  async function calmLoad(urls: readonly string[]): Promise<void> {
    const load = loadOn(urls, []);
    await pause(1_000);
    for (const outcomes of await load.stop()) expect(outcomes.UNAVAILABLE).toBeUndefined();
  }
});
