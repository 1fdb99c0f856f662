import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Caller } from "../../../src/database/port.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { call, refusal, server, setLimits, signInTo } from "../../support/people.js";

describe("revoke_all_sessions", () => {
  let testing: TestDatabase;
  beforeAll(async () => {
    testing = await createTestDatabase();
    await setLimits(testing.database);
  });
  afterAll(() => testing.drop());

  const revokeAll = (caller: Caller, args: object = {}) =>
    call<number>(testing.database, "revoke_all_sessions", { ...args }, caller);

  test("counts what it ended: live sessions of this person alone", async () => {
    const here = await signInTo(testing.database);
    const stranger = await signInTo(testing.database);
    for (let n = 0; n < 3; n++) await signInTo(testing.database, here.phone);
    expect(await revokeAll(here.caller, { includeCurrent: null })).toBe(3);
    expect(await revokeAll(here.caller)).toBe(0);
    expect(await revokeAll(here.caller, { includeCurrent: true })).toBe(1);
    expect(await refusal(revokeAll(here.caller))).toMatchObject({ sqlState: "CR401" });
    expect(await call<unknown[]>(testing.database, "session", {}, stranger.caller)).toHaveLength(1);
  });

  test("from every session at once, each of them unused for a while, leaves none hanging", async () => {
    const first = await signInTo(testing.database);
    const all = [first];
    for (let n = 0; n < 5; n++) all.push(await signInTo(testing.database, first.phone));
    await testing.admin.query("update cloakroom.sessions set last_used_at = now() - interval '1 hour'");
    const answers = await Promise.all(all.map(({ caller }) => refusal(revokeAll(caller))));
    for (const { sqlState } of answers) expect([null, "CR401"]).toContain(sqlState);
    const { rows } = await testing.admin.query(
      "select from cloakroom.sessions where user_id = $1 and revoked_at is null",
      [first.userId],
    );
    expect(rows.length).toBeLessThanOrEqual(1);
  });

  test("is for people alone", async () => {
    expect(await refusal(revokeAll(server))).toMatchObject({ sqlState: "42501" });
  });
});
