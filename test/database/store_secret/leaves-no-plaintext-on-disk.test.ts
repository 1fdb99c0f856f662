import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { isOnDisk } from "../../support/disk-search.js";
import { connectAsOwner, type OwnerConnection } from "../../support/owner-connection.js";

const canary = () => `canary-${randomBytes(8).toString("hex")}`;
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

it("a stored secret is read back by its id, and neither heap, index nor WAL holds it", async () => {
  const secret = canary();
  const id = await owner.value("cloakroom_private.store_secret($1, 'cloakroom-test-marker')", secret);
  expect(await owner.value("cloakroom_private.read_secret($1)", id)).toBe(secret);
  expect(await isOnDisk(database.admin, "vault.secrets", secret)).toBe(false);
  expect(await isOnDisk(database.admin, "vault.secrets", "cloakroom-test-marker")).toBe(true);
});

it("an updated secret leaves neither its old nor its new plaintext", async () => {
  const [before, after] = [canary(), canary()];
  const id = await owner.value("cloakroom_private.store_secret($1, 'two')", before);
  await owner.query("select vault.update_secret($1, $2)", [id, after]);
  expect(await owner.value("cloakroom_private.read_secret($1)", id)).toBe(after);
  for (const secret of [before, after]) expect(await isOnDisk(database.admin, "vault.secrets", secret)).toBe(false);
});

it("a deleted secret is gone, and deleting it again says so", async () => {
  const id = await owner.value("cloakroom_private.store_secret($1, 'three')", canary());
  expect(await owner.value("cloakroom_private.delete_secret($1)", id)).toBe(true);
  expect(await owner.value("cloakroom_private.delete_secret($1)", id)).toBe(false);
  const error = await owner.failure("cloakroom_private.read_secret($1)", id);
  expect([error.code, error.message]).toEqual(["CR500", "A sealed value cannot be opened."]);
});

it("a secret moved to another id does not open", async () => {
  const id = await owner.value("cloakroom_private.store_secret($1, 'four')", canary());
  const moved = await owner.value("gen_random_uuid()");
  await owner.query(
    "insert into vault.secrets (id, secret, key_id) select $2, s.secret, s.key_id from vault.secrets s where s.id = $1",
    [id, moved],
  );
  expect((await owner.failure("cloakroom_private.read_secret($1)", moved)).code).toBe("CR500");
});

it("a name serves once, and there is no secret without a value", async () => {
  await owner.value("cloakroom_private.store_secret('x', 'five')");
  expect((await owner.failure("cloakroom_private.store_secret('canary', 'five')")).code).toBe("23505");
  expect((await owner.failure("cloakroom_private.store_secret(null, 'six')")).code).toBe("CR500");
});
