import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { isOnDisk } from "../../support/disk-search.js";
import { connectAsOwner, type OwnerConnection } from "../../support/owner-connection.js";

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

it("a data key is 32 random bytes that stand nowhere on disk in the open", async () => {
  const ids = await Promise.all(["a", "b"].map((name) => owner.value("cloakroom_private.create_data_key($1)", name)));
  const keys = await Promise.all(ids.map((id) => owner.value<Buffer>("cloakroom_private.data_key($1)", id)));
  expect(keys.map((key) => key.length)).toEqual([32, 32]);
  expect(keys[0]).not.toEqual(keys[1]);
  const written = `${(keys[0] as Buffer).toString("base64url")}=`;
  expect(await isOnDisk(database.admin, "vault.secrets", written)).toBe(false);
});

it("once the secret is deleted, nothing sealed under the key opens again", async () => {
  const id = await owner.value("cloakroom_private.create_data_key('c')");
  await owner.value("cloakroom_private.delete_secret($1)", id);
  expect((await owner.failure("cloakroom_private.data_key($1)", id)).code).toBe("CR500");
  expect((await owner.failure("cloakroom_private.data_key(null)")).code).toBe("CR500");
});

it("a vault secret that is no key is not taken for one", async () => {
  const id = await owner.value("cloakroom_private.store_secret('sk-canary', 'd')");
  expect((await owner.failure("cloakroom_private.data_key($1)", id)).code).toBe("CR500");
});
