import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readSettings } from "../../src/config.js";
import { type Database, DatabaseError } from "../../src/database/port.js";
import { Plaintext } from "../../src/services/crypto/plaintext.js";
import type { IntegrationAlert } from "../../src/services/integration-alerts.js";
import { createIntegrationRefresh } from "../../src/services/integration-refresh.js";
import type { OAuthClient, TokenSet } from "../../src/services/outside/oauth-client.js";
import { OAuthFailure } from "../../src/services/outside/oauth-service.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";
import { disturbedDatabase } from "../support/disturbed-database.js";
import { call, type DatabasePerson, server, setLimits, signInTo } from "../support/people.js";

const { oauthServices: services } = readSettings({
  OAUTH_SLACK_CLIENT_ID: "an-id",
  OAUTH_SLACK_CLIENT_SECRET: "a-secret-of-this-server",
});

describe("the renewal of what is due", () => {
  let testing: TestDatabase;
  let owner: DatabasePerson;
  beforeAll(async () => {
    testing = await createTestDatabase();
    await setLimits(testing.database);
    owner = await signInTo(testing.database);
  });
  afterAll(() => testing.drop());
  beforeEach(() => testing.admin.query("delete from cloakroom.integrations"));

  const connect = async (args: Record<string, unknown> = {}) => {
    const tokens = { accessToken: "old", refreshToken: "old-refresh", expiresAt: "2020-01-01T00:00:00Z" };
    const given = { organizationId: owner.organizationId, service: "slack", ...tokens, ...args };
    return (await call<{ id: string }>(testing.database, "insert_integration", given, owner.caller)).id;
  };
  const connectMany = (count: number) => Promise.all(Array.from({ length: count }, () => connect()));

  const alertsDue = async () =>
    (await testing.admin.query("select from cloakroom.integrations where alert_due_at is not null")).rowCount;

  /** A server of its own over the same database, as far as renewal goes, and how often it asked the service. */
  function replica({ database = testing.database as Database, isTaken = true, refuses = false } = {}) {
    const lines: { message: string; [field: string]: unknown }[] = [];
    const alerts: IntegrationAlert[] = [];
    let asked = 0;
    const refresh = async (): Promise<TokenSet> => {
      asked++;
      await sleep(20 + Math.random() * 60);
      if (refuses) throw new OAuthFailure("refused", 400);
      const accessToken = new Plaintext(`new-${asked}`);
      return { accessToken, refreshToken: new Plaintext("new-refresh"), expiresIn: 3600, scopes: null, account: null };
    };
    const refreshes = createIntegrationRefresh({
      database,
      oauth: { refresh } as unknown as OAuthClient,
      services,
      log: (message, fields) => void lines.push({ message, ...fields }),
      alert: (alert, { forget }) => {
        alerts.push(alert);
        if (isTaken) void forget();
      },
    });
    return { refreshes, lines, alerts, asked: () => asked };
  }

  test("asks once for each, however many replicas have it on their lists", async () => {
    await connectMany(40);
    const replicas = [replica(), replica(), replica()];
    await Promise.all(replicas.map(({ refreshes }) => refreshes.refreshDue()));
    expect(replicas.reduce((sum, { asked }) => sum + asked(), 0)).toBe(40);
    const { rows } = await testing.admin.query("select distinct token_version from cloakroom.integrations");
    expect(rows).toEqual([{ token_version: 2 }]);
  });

  test("takes no more once the server stops: what is under way ends, and the rest is as it was", async () => {
    await connectMany(40);
    const { refreshes, lines, asked } = replica();
    const round = refreshes.refreshDue();
    await expect.poll(asked).toBeGreaterThan(7);
    await refreshes.settled();
    const askedBefore = asked();
    expect(lines.at(-1)?.message).toBe("integration refreshes ended");
    await round;
    await sleep(100);
    expect(asked()).toBe(askedBefore);
    expect(lines.at(-1)?.message).toBe("integration refreshes ended");
    const { rows } = await testing.admin.query(
      "select token_version, count(*)::int as count, count(lease_id)::int as leased, sum(failures)::int as failures from cloakroom.integrations group by 1 order by 1",
    );
    expect(rows).toEqual([
      { token_version: 1, count: 40 - askedBefore, leased: 0, failures: 0 },
      { token_version: 2, count: askedBefore, leased: 0, failures: 0 },
    ]);
  });

  test("begins none once the server stops, also where another replica that held the lease has ended meanwhile", async () => {
    const id = await connect();
    await call(testing.database, "begin_integration_refresh", { integrationId: id }, server);
    const { refreshes, asked } = replica();
    const waiting = refreshes.refresh(id, 1).catch((error: unknown) => error);
    await sleep(100);
    const before = performance.now();
    const ended = refreshes.settled();
    await testing.admin.query("update cloakroom.integrations set lease_until = now()");
    await ended;
    // Without that it would wait for 25 seconds.
    expect(performance.now() - before).toBeLessThan(10_000);
    expect(await waiting).toMatchObject({ code: "UPSTREAM_ERROR" });
    expect(asked()).toBe(0);
  });

  test("leaves alone what is of a service at which this server is no client: its token is not even read", async () => {
    const id = await connect({ service: "acme.io" });
    const { refreshes, asked } = replica();
    await refreshes.refreshDue();
    expect(asked()).toBe(0);
    const { rows } = await testing.admin.query("select action from cloakroom.audit_events where target_id = $1", [id]);
    expect(rows).toEqual([{ action: "INTEGRATION_ADDED" }]);
  });

  test("stores once what it brought, and says so, also where the database's answer to that was lost", async () => {
    const id = await connect();
    const { disturbed, disturbances } = disturbedDatabase(testing.database);
    disturbances.unanswered.add("finish_integration_refresh");
    const { refreshes, lines } = replica({ database: disturbed });
    await refreshes.refresh(id, 1);
    expect(lines).toEqual([{ message: "integration refreshed", integrationId: id, service: "slack", stored: true }]);
    const { rows } = await testing.admin.query(
      "select details ->> 'outcome' as outcome from cloakroom.audit_events where target_id = $1 and action = 'INTEGRATION_REFRESHED'",
      [id],
    );
    expect(rows.map(({ outcome }) => outcome).sort()).toEqual(["begun", "refreshed"]);
  });

  describe("of one that its service refuses for good", () => {
    const alertOf = (integrationId: string) => ({
      alert: "integration_needs_reconnect",
      organizationId: owner.organizationId,
      integrationId,
    });

    test("alerts at once, and once", async () => {
      const id = await connect();
      const { refreshes, alerts } = replica({ refuses: true });
      await expect(refreshes.refresh(id, 1)).rejects.toMatchObject({ code: "CONFLICT" });
      expect(alerts).toEqual([alertOf(id)]);
      await expect.poll(alertsDue).toBe(0);
      await refreshes.refreshDue();
      expect(alerts).toHaveLength(1);
    });

    test("alerts also where the database's answer to that was lost, or the server ended before it told anybody", async () => {
      const id = await connect();
      const { disturbed, disturbances } = disturbedDatabase(testing.database);
      disturbances.unanswered.add("fail_integration_refresh");
      const first = replica({ refuses: true, database: disturbed });
      await expect(first.refreshes.refresh(id, 1)).rejects.toThrow();
      expect(first.alerts).toEqual([]);
      // Takes it, and ends.
      const second = replica({ isTaken: false });
      await second.refreshes.refreshDue();
      expect(second.alerts).toEqual([alertOf(id)]);
      const third = replica();
      await third.refreshes.refreshDue();
      expect(third.alerts).toEqual([]);
      await testing.admin.query("update cloakroom.integrations set alert_due_at = alert_due_at - interval '2 minutes'");
      await third.refreshes.refreshDue();
      expect(third.alerts).toEqual([alertOf(id)]);
      await expect.poll(alertsDue).toBe(0);
    });

    test("alerts for one that nothing can renew, in the same round", async () => {
      const id = await connect({ refreshToken: null });
      const { refreshes, alerts, asked } = replica();
      await refreshes.refreshDue();
      expect([alerts, asked()]).toEqual([[alertOf(id)], 0]);
    });

    test("renews what is due also where nobody can be told", async () => {
      await connect();
      const away: Database = {
        ...testing.database,
        call: (fn, args, caller) =>
          fn === "take_integration_alerts"
            ? Promise.reject(new DatabaseError("08006", "away"))
            : testing.database.call(fn, args, caller),
      };
      const { refreshes, asked } = replica({ database: away });
      await refreshes.refreshDue();
      expect(asked()).toBe(1);
    });
  });
});
