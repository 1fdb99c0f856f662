import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SignIn } from "../../../src/services/sessions.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { call, type DatabasePerson, refusal, server, setLimits, signInTo } from "../../support/people.js";

describe("refresh_session", () => {
  let testing: TestDatabase;
  beforeAll(async () => {
    testing = await createTestDatabase();
    await setLimits(testing.database);
  });
  afterAll(() => testing.drop());

  const refresh = (refreshToken: string) => call<SignIn>(testing.database, "refresh_session", { refreshToken }, server);
  const hash = (token: string) => createHash("sha256").update(token).digest();
  const age = (token: string) =>
    testing.admin.query(
      "update cloakroom.refresh_tokens set rotated_at = now() - interval '11 s' where token_hash = $1",
      [hash(token)],
    );
  const isLive = async ({ caller }: DatabasePerson) =>
    (await call<unknown[]>(testing.database, "session", {}, caller)).length === 1;
  /** A person whose token was rotated twice, each of them longer ago than the grace. */
  async function rotatedTwice() {
    const person = await signInTo(testing.database);
    const first = person.refreshToken;
    const second = (await refresh(first)).refreshToken;
    const third = (await refresh(second)).refreshToken;
    await Promise.all([age(first), age(second)]);
    return { person, first, second, third };
  }

  test("answers a new token, of which only the hash is kept, for the same session and user", async () => {
    const person = await signInTo(testing.database);
    const answer = await refresh(person.refreshToken);
    expect(answer).toMatchObject({
      outcome: "refreshed",
      session: { id: person.sessionId, current: true },
      profile: { id: person.userId },
    });
    expect(answer.refreshToken).toMatch(/^[\w-]{43}$/);
    expect(answer.refreshToken).not.toBe(person.refreshToken);
    const { rows } = await testing.admin.query(
      "select token_hash, parent_hash from cloakroom.refresh_tokens where session_id = $1 and rotated_at is null",
      [person.sessionId],
    );
    expect(rows).toEqual([{ token_hash: hash(answer.refreshToken), parent_hash: hash(person.refreshToken) }]);
  });

  test("the same token within ten seconds gets the same successor, also where many race", async () => {
    const { refreshToken } = await signInTo(testing.database);
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(refreshToken)));
    expect(new Set(answers.map((answer) => answer.refreshToken)).size).toBe(1);
    expect(answers.every(({ outcome }) => outcome === "refreshed")).toBe(true);
  });

  test("the parent of the live token gets the same successor however late: its answer was lost", async () => {
    const { person, second, third } = await rotatedTwice();
    expect(await refresh(second)).toMatchObject({ outcome: "refreshed", refreshToken: third });
    expect(await isLive(person)).toBe(true);
  });

  test("a grandparent rotated within ten seconds gets the successor it got before", async () => {
    const { refreshToken: first } = await signInTo(testing.database);
    const { refreshToken: second } = await refresh(first);
    await refresh(second);
    expect(await refresh(first)).toMatchObject({ outcome: "refreshed", refreshToken: second });
  });

  test("any other reuse ends the session, and its live token too", async () => {
    const { person, first, third } = await rotatedTwice();
    expect(await refresh(first)).toMatchObject({ outcome: "reused", refreshToken: null, session: null });
    expect(await isLive(person)).toBe(false);
    expect((await refresh(third)).outcome).toBe("refused");
    expect((await refresh(first)).outcome).toBe("refused");
  });

  test("reuse ends only the session it belongs to", async () => {
    const { person, first } = await rotatedTwice();
    const other = await signInTo(testing.database, person.phone);
    await refresh(first);
    expect(await isLive(other)).toBe(true);
    expect((await refresh(other.refreshToken)).outcome).toBe("refreshed");
  });

  test("unknown, revoked and ended are refused alike", async () => {
    const [revoked, ended] = [await signInTo(testing.database), await signInTo(testing.database)];
    await call(testing.database, "revoke_session", {}, revoked.caller);
    await testing.admin.query("update cloakroom.sessions set expires_at = now() where id = $1", [ended.sessionId]);
    const unknown = await refresh("A".repeat(43));
    expect(unknown.outcome).toBe("refused");
    expect(await refresh(revoked.refreshToken)).toEqual(unknown);
    expect(await refresh(ended.refreshToken)).toEqual(unknown);
  });

  test("refreshing does not put off the end of the session", async () => {
    const person = await signInTo(testing.database);
    const [before] = await call<{ expiresAt: string }[]>(testing.database, "session", {}, person.caller);
    const { session } = await refresh(person.refreshToken);
    expect(session.expiresAt).toBe(before?.expiresAt);
  });

  test("is for the server alone", async () => {
    const { caller, refreshToken } = await signInTo(testing.database);
    const asUser = call(testing.database, "refresh_session", { refreshToken }, caller);
    expect(await refusal(asUser)).toMatchObject({ sqlState: "42501" });
  });
});
