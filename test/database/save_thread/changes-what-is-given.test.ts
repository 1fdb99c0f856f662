import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { server } from "../../support/callers.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";

const userIdentifierHash = createHash("sha256").update("a session").digest("hex");
const sealed = (token: string) => ({ token, salt: `salt of ${token}` });

describe("save_thread", () => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await createTestDatabase();
    await test.database.call("connect", { userIdentifierHash, credentials: [{ name: "a", ...sealed("t") }] }, server);
  });
  afterAll(() => test.drop());

  const save = async (changes: object, hash = userIdentifierHash) =>
    ((await test.database.call("save_thread", { userIdentifierHash: hash, changes }, server)) as object[])[0] ?? null;

  it("leaves alone what is left out, and clears what is null", async () => {
    expect(await save({ url: sealed("u"), day: 3, progress: sealed("p") })).toMatchObject({
      threadUrlToken: "u",
      threadUrlSalt: "salt of u",
      currentDay: 3,
      progressToken: "p",
      progressSalt: "salt of p",
    });
    expect(await save({ day: 4 })).toMatchObject({ threadUrlToken: "u", currentDay: 4, progressToken: "p" });
    expect(await save({ url: null })).toMatchObject({ threadUrlToken: null, threadUrlSalt: null, currentDay: 4 });
    expect(await save({})).toMatchObject({ threadUrlToken: null, currentDay: 4, progressToken: "p" });
  });

  it("answers nothing and stores nothing where nothing is connected", async () => {
    const stranger = createHash("sha256").update("another").digest("hex");
    expect(await save({ day: 1 }, stranger)).toBeNull();
    const { rows } = await test.admin.query("select count(*)::integer as count from cloakroom.threads");
    expect(rows).toEqual([{ count: 1 }]);
  });
});
