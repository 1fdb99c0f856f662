import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { connectAsOwner, type OwnerConnection } from "../../support/owner-connection.js";

let database: TestDatabase;
let owners: OwnerConnection[];
beforeAll(async () => {
  database = await createTestDatabase();
  owners = await Promise.all(Array.from({ length: 8 }, () => connectAsOwner(database)));
});
afterAll(async () => {
  await Promise.all(owners.map((owner) => owner.end()));
  await database.drop();
});

it("eight callers who ask for the lookup key at once all get the one that is made", async () => {
  for (let round = 0; round < 10; round++) {
    await database.admin.query("delete from vault.secrets where name = 'cloakroom_lookup_key'");
    const keys = await Promise.all(owners.map((owner) => owner.value<Buffer>("cloakroom_private.lookup_key()")));
    expect(new Set(keys.map((key) => key.toString("hex"))).size).toBe(1);
    expect(keys[0]).toHaveLength(32);
  }
  const { rows } = await database.admin.query("select name from vault.secrets where name = 'cloakroom_lookup_key'");
  expect(rows).toHaveLength(1);
});

it("whoever asks while the key is being made waits, and makes their own when the maker gives up", async () => {
  const [maker, second] = owners as [OwnerConnection, OwnerConnection];
  await database.admin.query("delete from vault.secrets where name = 'cloakroom_lookup_key'");
  await maker.query("begin");
  const abandoned = await maker.value<Buffer>("cloakroom_private.lookup_key()");
  const waiting = second.value<Buffer>("cloakroom_private.lookup_key()");
  await maker.query("rollback");
  expect((await waiting).equals(abandoned)).toBe(false);
  expect((await maker.value<Buffer>("cloakroom_private.lookup_key()")).equals(await waiting)).toBe(true);
});
