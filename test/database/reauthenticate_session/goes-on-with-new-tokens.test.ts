import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SignIn } from "../../../src/services/sessions.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { call, codeFor, type DatabasePerson, server, setLimits, signInTo } from "../../support/people.js";

describe("a fresh code on a live session", () => {
  let testing: TestDatabase;
  beforeAll(async () => {
    testing = await createTestDatabase();
    await setLimits(testing.database);
  });
  afterAll(() => testing.drop());

  const refresh = (refreshToken: string) => call<SignIn>(testing.database, "refresh_session", { refreshToken }, server);
  async function confirm({ phone }: DatabasePerson, sessionId: string): Promise<SignIn> {
    const code = await codeFor(testing.database, phone);
    return call(testing.database, "confirm_verification", { phone, code, sessionId }, server);
  }
  const passTime = () =>
    testing.admin.query("update cloakroom.refresh_tokens set rotated_at = rotated_at - interval '11 seconds'");
  const tokensOf = async ({ sessionId }: DatabasePerson) => {
    const { rows } = await testing.admin.query<{ token_hash: Buffer; is_live: boolean }>(
      "select token_hash, rotated_at is null as is_live from cloakroom.refresh_tokens where session_id = $1",
      [sessionId],
    );
    return rows;
  };

  test("goes on with the same session, its end and a new refresh token, of which only the hash is kept", async () => {
    const person = await signInTo(testing.database);
    const [before] = await call<SignIn["session"][]>(testing.database, "session", {}, person.caller);
    const { outcome, session, refreshToken, profile } = await confirm(person, person.sessionId);
    expect([outcome, session.id, profile.id]).toEqual(["signed_in", person.sessionId, person.userId]);
    expect(session.expiresAt).toBe(before?.expiresAt);
    const tokens = await tokensOf(person);
    expect(tokens.filter(({ is_live }) => is_live).map(({ token_hash }) => token_hash)).toEqual([
      createHash("sha256").update(refreshToken).digest(),
    ]);
    expect((await refresh(refreshToken)).outcome).toBe("refreshed");
  });

  test("whoever still holds the token before is led to the same successor, however late: the answer was lost", async () => {
    const person = await signInTo(testing.database);
    const { refreshToken } = await confirm(person, person.sessionId);
    await passTime();
    expect(await refresh(person.refreshToken)).toMatchObject({ outcome: "refreshed", refreshToken });
    expect(await tokensOf(person)).toHaveLength(2);
  });

  test("once its successor was rotated, the token before ends the session like any copy", async () => {
    const person = await signInTo(testing.database);
    const { refreshToken } = await confirm(person, person.sessionId);
    await refresh(refreshToken);
    await passTime();
    expect((await refresh(person.refreshToken)).outcome).toBe("reused");
    expect((await refresh(refreshToken)).outcome).toBe("refused");
  });

  test("and a refresh at the same time leave one live token, whichever comes first", async () => {
    for (let round = 0; round < 5; round++) {
      const person = await signInTo(testing.database);
      const code = await codeFor(testing.database, person.phone);
      const args = { phone: person.phone, code, sessionId: person.sessionId };
      const [confirmed, refreshed] = await Promise.all([
        call<SignIn>(testing.database, "confirm_verification", args, server),
        refresh(person.refreshToken),
      ]);
      expect([confirmed.outcome, refreshed.outcome]).toEqual(["signed_in", "refreshed"]);
      expect((await tokensOf(person)).filter(({ is_live }) => is_live)).toHaveLength(1);
      for (const { refreshToken } of [confirmed, refreshed])
        expect((await refresh(refreshToken)).outcome).toBe("refreshed");
    }
  });

  test("of another person, or one that has ended, is not touched: the code begins a session of its own", async () => {
    const [person, stranger] = [await signInTo(testing.database), await signInTo(testing.database)];
    await testing.admin.query("update cloakroom.sessions set authenticated_at = '2026-01-01'");
    const ended = await signInTo(testing.database, person.phone);
    await call(testing.database, "revoke_session", {}, ended.caller);
    for (const sessionId of [stranger.sessionId, ended.sessionId, "00000000-0000-4000-8000-000000000000"]) {
      const { session, profile } = await confirm(person, sessionId);
      expect([session.id === sessionId, profile.id]).toEqual([false, person.userId]);
    }
    const { rows } = await testing.admin.query<{ at: Date }>(
      "select authenticated_at as at from cloakroom.sessions where id = $1",
      [stranger.sessionId],
    );
    expect(rows[0]?.at.getUTCFullYear()).toBe(2026);
    expect(rows[0]?.at.getUTCMonth()).toBe(0);
    expect((await refresh(stranger.refreshToken)).outcome).toBe("refreshed");
  });
});
