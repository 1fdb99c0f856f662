import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { call, type DatabasePerson, refusal, server, setLimits, signInTo } from "../../support/people.js";

describe("a session that nobody uses", () => {
  let testing: TestDatabase;
  beforeAll(async () => {
    testing = await createTestDatabase();
    await setLimits(testing.database, { session_idle_days: 2 });
  });
  afterAll(() => testing.drop());

  const leaveUnused = ({ sessionId }: DatabasePerson, forHours: number) =>
    testing.admin.query("update cloakroom.sessions set last_used_at = now() - $2 * interval '1 hour' where id = $1", [
      sessionId,
      forHours,
    ]);
  const lives = async ({ caller }: DatabasePerson) =>
    (await call<unknown[]>(testing.database, "session", {}, caller)).length === 1;

  test("ends when the days are over, for access token, refresh token and list alike", async () => {
    const person = await signInTo(testing.database, undefined, { rememberMe: true });
    const other = await signInTo(testing.database, person.phone);
    await leaveUnused(person, 49);
    expect(await lives(person)).toBe(false);
    expect(await refusal(call(testing.database, "me", {}, person.caller))).toMatchObject({ sqlState: "CR401" });
    const { refreshToken } = person;
    expect(await call(testing.database, "refresh_session", { refreshToken }, server)).toMatchObject({
      outcome: "refused",
    });
    const listed = await call<{ id: string }[]>(testing.database, "sessions", {}, other.caller);
    expect(listed.map(({ id }) => id)).toEqual([other.sessionId]);
    const revoked = call(testing.database, "revoke_session", { sessionId: person.sessionId }, other.caller);
    expect(await refusal(revoked)).toMatchObject({ sqlState: "CR404" });
    expect(await call(testing.database, "revoke_all_sessions", {}, other.caller)).toBe(0);
  });

  test("lives on with each use, by access token or refresh token, and not beyond its end", async () => {
    const [used, refreshed] = [await signInTo(testing.database), await signInTo(testing.database)];
    await leaveUnused(used, 47);
    await leaveUnused(refreshed, 47);
    expect(await lives(used)).toBe(true);
    await call(testing.database, "refresh_session", { refreshToken: refreshed.refreshToken }, server);
    const { rows } = await testing.admin.query(
      "select from cloakroom.sessions where id = any ($1) and last_used_at > now() - interval '1 minute'",
      [[used.sessionId, refreshed.sessionId]],
    );
    expect(rows).toHaveLength(2);
    await testing.admin.query("update cloakroom.sessions set expires_at = now() where id = $1", [used.sessionId]);
    expect(await lives(used)).toBe(false);
  });

  test("lasts to its end where the days are 0", async () => {
    await setLimits(testing.database, { session_idle_days: 0 });
    const person = await signInTo(testing.database);
    await leaveUnused(person, 24 * 365);
    expect(await lives(person)).toBe(true);
  });
});
