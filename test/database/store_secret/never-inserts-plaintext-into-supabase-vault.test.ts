import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
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

/** Stands where Supabase Vault would, and writes down what it is given. */
const recordingVault = `
  drop view vault.decrypted_secrets;
  create table vault.calls (step serial, called text, id uuid, secret text, name text);
  create or replace function vault.create_secret(
    new_secret text, new_name text default null, new_description text default '', new_key_id uuid default null
  ) returns uuid language sql as $$
    insert into vault.calls (called, id, secret, name) values ('create', gen_random_uuid(), new_secret, new_name) returning id
  $$;
  create or replace function vault.update_secret(
    secret_id uuid, new_secret text default null, new_name text default null, new_description text default null,
    new_key_id uuid default null
  ) returns void language sql as $$
    insert into vault.calls (called, id, secret, name) values ('update', secret_id, new_secret, new_name)
  $$;
  grant all on all tables in schema vault to cloakroom_owner;
  grant all on all sequences in schema vault to cloakroom_owner;
  set allow_system_table_mods = on;
  insert into pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
  values (424242, 'supabase_vault', 10, 'vault'::regnamespace, false, '0.3.1');`;

it("Supabase Vault, which inserts before it encrypts, is given a placeholder first", async () => {
  const admin = await database.admin.connect();
  await admin.query(recordingVault);
  const id = await owner.value("cloakroom_private.store_secret('canary', 'name')");
  const { rows } = await admin.query("select called, id, secret, name from vault.calls order by step");
  admin.release(true);
  expect(rows).toEqual([
    { called: "create", id, secret: "pending", name: "name" },
    { called: "update", id, secret: "canary", name: null },
  ]);
});
