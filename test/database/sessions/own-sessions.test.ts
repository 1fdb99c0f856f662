import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Caller } from "../../../src/database/port.js";
import type { SessionRecord } from "../../../src/services/sessions.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { call, refusal, setLimits, signInTo } from "../../support/people.js";

describe("sessions, session and revoke_session", () => {
  let testing: TestDatabase;
  beforeAll(async () => {
    testing = await createTestDatabase();
    await setLimits(testing.database);
  });
  afterAll(() => testing.drop());

  const sessions = (caller: Caller) => call<SessionRecord[]>(testing.database, "sessions", {}, caller);
  const session = (caller: Caller) => call<SessionRecord[]>(testing.database, "session", {}, caller);
  const revoke = (caller: Caller, sessionId?: string | null) =>
    call<boolean>(testing.database, "revoke_session", sessionId === undefined ? {} : { sessionId }, caller);

  test("live sessions are listed newest first, and the present one says so", async () => {
    const first = await signInTo(testing.database);
    const second = await signInTo(testing.database, first.phone);
    const third = await signInTo(testing.database, first.phone);
    const listed = (await sessions(second.caller)).map(({ id, current }) => [id, current]);
    expect(listed).toEqual([
      [third.sessionId, false],
      [second.sessionId, true],
      [first.sessionId, false],
    ]);
  });

  test("a revoked session stops at once, for its user too, and leaves the list", async () => {
    const first = await signInTo(testing.database);
    const second = await signInTo(testing.database, first.phone);
    expect(await revoke(second.caller, first.sessionId)).toBe(true);
    expect(await session(first.caller)).toEqual([]);
    expect(await refusal(call(testing.database, "me", {}, first.caller))).toMatchObject({ sqlState: "CR401" });
    expect((await sessions(second.caller)).map(({ id }) => id)).toEqual([second.sessionId]);
  });

  test("without an id, or with null, one's own session ends", async () => {
    const person = await signInTo(testing.database);
    expect(await revoke(person.caller)).toBe(true);
    expect(await refusal(revoke(person.caller))).toMatchObject({ sqlState: "CR401" });
    const other = await signInTo(testing.database);
    expect(await revoke(other.caller, null)).toBe(true);
    expect(await session(other.caller)).toEqual([]);
  });

  test("another person's session, an unknown one and an ended one are not found, and nothing happens", async () => {
    const [me, stranger] = [await signInTo(testing.database), await signInTo(testing.database)];
    const ended = await signInTo(testing.database, me.phone);
    await revoke(me.caller, ended.sessionId);
    for (const id of [stranger.sessionId, randomUUID(), ended.sessionId])
      expect(await refusal(revoke(me.caller, id))).toMatchObject({ sqlState: "CR404" });
    expect(await session(stranger.caller)).toHaveLength(1);
  });

  test("claims that name another user's session are nobody's", async () => {
    const [me, stranger] = [await signInTo(testing.database), await signInTo(testing.database)];
    const forged: Caller = { ...me.caller, claims: { sub: me.userId, session_id: stranger.sessionId } };
    expect(await session(forged)).toEqual([]);
    expect(await refusal(sessions(forged))).toMatchObject({ sqlState: "CR401" });
  });

  test("an expired session is none", async () => {
    const person = await signInTo(testing.database);
    await testing.admin.query("update cloakroom.sessions set expires_at = now() where id = $1", [person.sessionId]);
    expect(await session(person.caller)).toEqual([]);
    expect(await refusal(sessions(person.caller))).toMatchObject({ sqlState: "CR401" });
  });
});
