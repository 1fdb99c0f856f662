import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { server } from "../../support/callers.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";

type ThreadCall = "connect" | "connected_account" | "save_thread" | "disconnect";

describe("disconnect", () => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await createTestDatabase();
  });
  afterAll(() => test.drop());

  const hashOf = (name: string) => createHash("sha256").update(name).digest("hex");
  const call = (fn: ThreadCall, session: string, args: object = {}) =>
    test.database.call(fn, { userIdentifierHash: hashOf(session), ...args } as never, server);
  const connect = (session: string) =>
    call("connect", session, { credentials: ["a", "b"].map((name) => ({ name, token: "t", salt: "s" })) });
  const stored = async (session: string) =>
    (
      await test.admin.query(
        "select connected_at, current_day from cloakroom.threads where user_identifier_hash = $1",
        [hashOf(session)],
      )
    ).rows[0] ?? null;

  it("deletes the credentials and keeps the progress for the next connection", async () => {
    await connect("kept");
    await call("save_thread", "kept", { changes: { day: 5 } });
    expect(await call("disconnect", "kept")).toEqual({ disconnected: true, credentialsDeleted: 2 });
    expect(await call("connected_account", "kept")).toEqual([]);
    expect(await call("save_thread", "kept", { changes: { day: 6 } })).toEqual([]);
    expect(await stored("kept")).toEqual({ connected_at: null, current_day: 5 });
    expect(await connect("kept")).toMatchObject({ thread: { currentDay: 5 } });
  });

  it("forgets everything when told, also what an earlier disconnect kept", async () => {
    await connect("forgotten");
    await call("save_thread", "forgotten", { changes: { day: 5 } });
    await call("disconnect", "forgotten");
    expect(await call("disconnect", "forgotten", { forgetThread: true })).toEqual({
      disconnected: false,
      credentialsDeleted: 0,
    });
    expect(await stored("forgotten")).toBeNull();
  });

  it("leaves no row of a thread that never saved progress", async () => {
    await connect("never saved");
    await call("disconnect", "never saved");
    expect(await stored("never saved")).toBeNull();
  });

  it("answers that nothing was connected to a session that it does not know", async () => {
    expect(await call("disconnect", "unknown")).toEqual({ disconnected: false, credentialsDeleted: 0 });
  });
});
