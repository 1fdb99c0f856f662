import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { fernetSpec, specKey } from "../../support/fernet-spec.js";
import { connectAsOwner, type OwnerConnection } from "../../support/owner-connection.js";

const decrypt = "cloakroom_private.fernet_decrypt_within($1, $2, $3, $4)";
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

it.each(fernetSpec.verify)("a fresh token of the specification opens: $src", async (vector) => {
  expect(await owner.value(decrypt, vector.token, specKey(vector.secret), vector.ttl_sec, vector.now)).toBe(vector.src);
});

it.each(fernetSpec.invalid)("what the specification calls invalid is refused: $desc", async (vector) => {
  const error = await owner.failure(decrypt, vector.token, specKey(vector.secret), vector.ttl_sec, vector.now);
  expect([error.code, error.message]).toEqual(["CR500", "A sealed value cannot be opened."]);
});
