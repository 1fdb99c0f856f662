import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { connectAsOwner, everythingOf, type OwnerConnection } from "../../support/owner-connection.js";

const otherKey = `${randomBytes(32).toString("base64url")}=`;
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

beforeEach(() => owner.setRootKey(database.rootKey));

it("under another root key the vault says so, reads nothing and takes nothing", async () => {
  await owner.value("cloakroom_private.lookup_key()");
  const id = await owner.value("cloakroom_private.store_secret('canary', 'a')");
  await owner.setRootKey(otherKey);
  const failures = [
    await owner.failure("cloakroom_private.read_secret($1)", id),
    await owner.failure("cloakroom_private.lookup_key()"),
    await owner.failure("cloakroom_private.create_data_key('b')"),
  ];
  for (const error of failures) {
    expect([error.code, error.message]).toEqual(["CR503", "The vault was sealed under another VAULT_ROOT_KEY."]);
    expect(everythingOf(error)).not.toContain(otherKey.slice(0, 20));
  }
});

it("a root key changes no name or description of a secret, and a new secret is sealed under the key in force", async () => {
  const id = await owner.value("cloakroom_private.store_secret('old', 'c')");
  await owner.setRootKey(otherKey);
  await owner.query("select vault.update_secret($1, new_description => 'described')", [id]);
  expect((await owner.failure("cloakroom_private.read_secret($1)", id)).code).toBe("CR503");
  await owner.query("select vault.update_secret($1, 'new')", [id]);
  expect(await owner.value("cloakroom_private.read_secret($1)", id)).toBe("new");
});

it.each([
  ["", "The vault cannot be opened without VAULT_ROOT_KEY."],
  ["short", "VAULT_ROOT_KEY must be 32 bytes in URL-safe base64."],
  ["A".repeat(42), "VAULT_ROOT_KEY must be 32 bytes in URL-safe base64."],
  [`${"A".repeat(42)}B=`, "VAULT_ROOT_KEY must be 32 bytes in URL-safe base64."],
  [`${"A".repeat(42)}+=`, "VAULT_ROOT_KEY must be 32 bytes in URL-safe base64."],
  [`${"A".repeat(43)}==`, "VAULT_ROOT_KEY must be 32 bytes in URL-safe base64."],
])("the root key %j is refused in a sentence that does not quote it", async (rootKey, message) => {
  await owner.setRootKey(rootKey);
  const error = await owner.failure("cloakroom_private.root_key()");
  expect([error.code, error.message]).toEqual(["CR503", message]);
});

it("a root key is the same with and without its padding, and its fingerprint tells it from others", async () => {
  const fingerprint = await owner.value("cloakroom_private.vault_key_fingerprint()");
  await owner.setRootKey(database.rootKey.replace("=", ""));
  expect(await owner.value("cloakroom_private.vault_key_fingerprint()")).toBe(fingerprint);
  expect(await owner.value<Buffer>("cloakroom_private.root_key()")).toEqual(Buffer.from(database.rootKey, "base64url"));
  await owner.setRootKey(otherKey);
  expect(await owner.value("cloakroom_private.vault_key_fingerprint()")).not.toBe(fingerprint);
});
