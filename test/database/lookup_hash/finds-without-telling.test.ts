import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { connectAsOwner, type OwnerConnection } from "../../support/owner-connection.js";

const hash = "cloakroom_private.lookup_hash($1, $2)";
let database: TestDatabase;
let owner: OwnerConnection;
beforeAll(async () => {
  database = await createTestDatabase();
  owner = await connectAsOwner(database);
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

it("one value of one kind has one hash of 32 bytes; another value or kind has another", async () => {
  const phone = await owner.value<Buffer>(hash, "phone", "+15551234567");
  expect(phone).toHaveLength(32);
  expect(await owner.value(hash, "phone", "+15551234567")).toEqual(phone);
  expect(await owner.value(hash, "chat", "+15551234567")).not.toEqual(phone);
  expect(await owner.value(hash, "phone", "+15551234568")).not.toEqual(phone);
  expect(await owner.value(hash, "phone", null)).toBeNull();
});

it("another database hashes the same value otherwise", async () => {
  const other = await createTestDatabase();
  const otherOwner = await connectAsOwner(other);
  expect(await otherOwner.value(hash, "phone", "+1")).not.toEqual(await owner.value(hash, "phone", "+1"));
  await otherOwner.end();
  await other.drop();
});
