import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { serverRolePassword } from "../../src/database/login-role.js";
import { createRecordingClient } from "./support/client.js";
import { deployBehindPooler, type PooledDeployment } from "./support/pooled-servers.js";
import type { ServerProcess } from "./support/server-process.js";
import { makeTenant, type Tenant } from "./support/tenant.js";
import { emptyTally, hammer } from "./support/tenant-load.js";

const requests = 4_000;
const poolSize = 4;
/** What the login role brings with it, wherever it logs in, and what a call sets for itself. */
const session = `select array_to_string(array[current_user, current_setting('statement_timeout'),
  current_setting('log_parameter_max_length'), current_setting('default_transaction_isolation'),
  current_setting('request.jwt.claims', true), current_setting('cloakroom.root_key', true)], ',') as settings`;

describe("two servers behind PgBouncer in transaction mode, under load of two organizations", () => {
  let deployment: PooledDeployment;
  let servers: ServerProcess[];
  let tenants: readonly [Tenant, Tenant];
  const tallies = [emptyTally(), emptyTally()] as const;
  let backends = 0;

  beforeAll(async () => {
    deployment = await deployBehindPooler(inject("checkout"), { logins: "auth_query", poolSize });
    const limits = { REVEALS_PER_MINUTE: "1000000", OTP_PER_IP_PER_HOUR: "1000", LOG_LEVEL: "trace" };
    servers = [await deployment.start(limits), await deployment.start(limits)];
    const [first, second] = servers as [ServerProcess, ServerProcess];
    tenants = [await makeTenant(first, "#A1#"), await makeTenant(second, "#B2#")];
    await Promise.all([load(0, 1), load(1, 0)]);
  });
  afterAll(() => deployment?.stop());

  async function load(index: 0 | 1, otherIndex: 0 | 1): Promise<void> {
    let left = requests / 2;
    const asking = { tenant: tenants[index], other: tenants[otherIndex], tally: tallies[index] };
    const relaySecret = deployment.settings.RELAY_WEBHOOK_SECRET ?? "";
    await hammer({ ...asking, relaySecret, urls: servers.map(({ url }) => url) }, 12, () => {
      if (left % 100 === 0) backends = Math.max(backends, openBackends());
      return left-- > 0;
    });
  }

  const openBackends = () =>
    Number(deployment.cluster.psql("select count(*) from pg_stat_activity where usename = 'cloakroom_server'"));

  it("gives each caller its own organization's answer, and no error but the one that it must get", () => {
    expect(tallies.flatMap(({ wrong }) => wrong).slice(0, 3)).toEqual([]);
    for (const { outcomes } of tallies) {
      expect(Object.keys(outcomes).sort()).toEqual([
        "BAD_USER_INPUT",
        "CONFLICT",
        "NOT_FOUND",
        "UNAUTHENTICATED",
        "ok",
      ]);
      expect(Object.values(outcomes).reduce((sum, count) => sum + count)).toBe(requests / 2);
    }
  });

  it("shares no more connections to Postgres than the pool has", () => {
    expect(backends).toBeGreaterThan(0);
    expect(backends).toBeLessThanOrEqual(poolSize);
  });

  it("leaves nothing of any call on them, and the login role's own settings in force", async () => {
    const password = serverRolePassword(deployment.settings.VAULT_ROOT_KEY ?? "");
    const pool = new pg.Pool({ connectionString: deployment.pooler.url("cloakroom_server", password), max: 12 });
    const found = await Promise.all(Array.from({ length: 200 }, () => pool.query<{ settings: string }>(session)));
    await pool.end();
    expect([...new Set(found.map(({ rows }) => rows[0]?.settings))]).toEqual([
      "cloakroom_server,30s,0,read committed,,",
    ]);
  });

  it("keeps every write that was answered, once, and says the same through either server", async () => {
    for (const [index, tenant] of tenants.entries()) {
      const tally = tallies[index] ?? emptyTally();
      for (const { url } of servers) {
        const client = createRecordingClient(url);
        Object.assign(client.headers, tenant.people[0]);
        const { table, row } = await client.run<{ table: { rowCount: number }; row: { version: number } }>(
          "query($table: ID!, $row: ID!) { table(id: $table) { rowCount } row(id: $row) { version } }",
          { table: tenant.tableId, row: tenant.sharedRow },
        );
        expect(table.rowCount).toBe(tally.rows.size + 1);
        expect(row.version).toBe(tally.sharedWrites + 1);
      }
      const stored = deployment.cluster.psql(
        `select count(*) from cloakroom.messages m join cloakroom.participants p using (conversation_id)
         join cloakroom.users u on u.phone_hash = p.handle_hash join cloakroom.members o on o.user_id = u.id
         where o.organization_id = '${tenant.organizationId}'`,
      );
      expect(Number(stored)).toBe(tally.messages);
    }
  });

  it("writes one event a reveal into one chain, which holds", async () => {
    for (const [index, tenant] of tenants.entries()) {
      const client = createRecordingClient(servers[index]?.url ?? "");
      Object.assign(client.headers, tenant.people[0]);
      const { verifyAuditLog } = await client.run<{ verifyAuditLog: { valid: boolean; eventsChecked: number } }>(
        "mutation($id: ID!) { verifyAuditLog(organizationId: $id) { valid eventsChecked } }",
        { id: tenant.organizationId },
      );
      const { reveals = [] } = tallies[index] ?? {};
      const events = deployment.cluster.psql(
        `select count(*) from cloakroom.audit_events
         where organization_id = '${tenant.organizationId}' and action = 'CELL_REVEALED'`,
      );
      expect(new Set(reveals).size).toBe(reveals.length);
      expect(Number(events)).toBe(reveals.length);
      expect(verifyAuditLog).toMatchObject({ valid: true });
      expect(verifyAuditLog.eventsChecked).toBeGreaterThanOrEqual(Math.max(...reveals));
    }
  });
});
