import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readSettings } from "../../src/config.js";
import type { Database } from "../../src/database/port.js";
import { Plaintext } from "../../src/services/crypto/plaintext.js";
import { createIntegrationRefresh } from "../../src/services/integration-refresh.js";
import type { OAuthClient, TokenSet } from "../../src/services/outside/oauth-client.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";
import { call, type DatabasePerson, setLimits, signInTo } from "../support/people.js";

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

  /** A server of its own over the same database, as far as renewal goes, and how often it asked the service. */
  function replica({ expiresIn = 3600, database = testing.database as Database } = {}) {
    const lines: { message: string; [field: string]: unknown }[] = [];
    let asked = 0;
    const refresh = async (): Promise<TokenSet> => {
      asked++;
      await sleep(20 + Math.random() * 60);
      const accessToken = new Plaintext(`new-${asked}`);
      return { accessToken, refreshToken: new Plaintext("new-refresh"), expiresIn, scopes: null, account: null };
    };
    const refreshes = createIntegrationRefresh({
      database,
      oauth: { refresh } as unknown as OAuthClient,
      services,
      log: (message, fields) => void lines.push({ message, ...fields }),
      alert: () => undefined,
    });
    return { refreshes, lines, asked: () => asked };
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
});
