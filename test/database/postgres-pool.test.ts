import { afterAll, beforeAll, expect, test } from "vitest";
import type { DatabaseError } from "../../src/database/port.js";
import { createPostgresDatabase } from "../../src/database/postgres.js";
import { domainErrorOf } from "../../src/services/errors.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";
import { callBehind } from "../support/locks.js";
import { server } from "../support/people.js";

let t: TestDatabase;
beforeAll(async () => {
  t = await createTestDatabase();
});
afterAll(() => t.drop());

test("a call that gets no connection of its own pool is UNAVAILABLE, and does not say that the database is away", async () => {
  const database = createPostgresDatabase({ ...t, poolSize: 1, connectTimeoutMilliseconds: 300, log: () => undefined });
  const ask = () => database.call("unfinished_conversions", {}, server);
  let waited: DatabaseError | undefined;
  await callBehind(t.admin, "lock table cloakroom.columns", ask, async () => {
    waited = (await ask().catch((error: DatabaseError) => error)) as DatabaseError;
  });
  expect([waited?.sqlState, domainErrorOf(waited)?.code]).toEqual(["53300", "UNAVAILABLE"]);
  expect(await ask()).toEqual([]);
  await database.close();
});
