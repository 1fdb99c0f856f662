import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { call, server, setLimits, signInTo } from "../../support/people.js";

describe("sessions that have ended", () => {
  let testing: TestDatabase;
  beforeAll(async () => {
    testing = await createTestDatabase();
    await setLimits(testing.database);
  });
  afterAll(() => testing.drop());

  const end = (sessionId: string, column: "revoked_at" | "expires_at", ago: string) =>
    testing.admin.query(`update cloakroom.sessions set ${column} = now() - $2::interval where id = $1`, [
      sessionId,
      ago,
    ]);
  const kept = async () => {
    const { rows } = await testing.admin.query<{ id: string; tokens: number }>(
      `select s.id, count(t.*)::integer as tokens from cloakroom.sessions s
       left join cloakroom.refresh_tokens t on t.session_id = s.id group by s.id`,
    );
    return new Map(rows.map(({ id, tokens }) => [id, tokens]));
  };

  test("are forgotten with their refresh tokens a day later, at somebody's next sign-in, and no sooner", async () => {
    const people = await Promise.all(Array.from({ length: 5 }, () => signInTo(testing.database)));
    const [revoked, expired, justRevoked, justExpired, live] = people.map(({ sessionId }) => sessionId);
    await end(revoked as string, "revoked_at", "25 hours");
    await end(expired as string, "expires_at", "25 hours");
    await end(justRevoked as string, "revoked_at", "23 hours");
    await end(justExpired as string, "expires_at", "23 hours");
    await signInTo(testing.database);
    const left = await kept();
    expect([revoked, expired].filter((id) => left.has(id as string))).toEqual([]);
    expect([justRevoked, justExpired, live].map((id) => left.get(id as string))).toEqual([1, 1, 1]);
    const { rows } = await testing.admin.query("select from cloakroom.refresh_tokens where session_id = $1", [revoked]);
    expect(rows).toEqual([]);
  });

  test("go ten at a time, so that no sign-in pays for all of them", async () => {
    const { phone } = await signInTo(testing.database);
    for (let n = 0; n < 12; n++) await signInTo(testing.database, phone);
    await testing.admin.query("update cloakroom.sessions set revoked_at = now() - interval '2 days'");
    const before = (await kept()).size;
    await signInTo(testing.database);
    expect((await kept()).size).toBe(before - 10 + 1);
  });

  test("never lose a token while they live, however old it is: its copy must be known", async () => {
    const person = await signInTo(testing.database);
    let { refreshToken } = person;
    for (let n = 0; n < 5; n++)
      refreshToken = (
        await call<{ refreshToken: string }>(testing.database, "refresh_session", { refreshToken }, server)
      ).refreshToken;
    await testing.admin.query("update cloakroom.refresh_tokens set rotated_at = rotated_at - interval '80 days'");
    await signInTo(testing.database);
    expect((await kept()).get(person.sessionId)).toBe(6);
    const { refreshToken: first } = person;
    expect(await call(testing.database, "refresh_session", { refreshToken: first }, server)).toMatchObject({
      outcome: "reused",
    });
  });
});
