import { readFile } from "node:fs/promises";
import pg from "pg";
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

it("the stand-in has the signatures, defaults and columns of Supabase Vault", async () => {
  const { rows: functions } = await database.admin.query(
    `select p.proname as name, pg_get_function_arguments(p.oid) as arguments, pg_get_function_result(p.oid) as result
     from pg_proc p where p.pronamespace = 'vault'::regnamespace order by 1`,
  );
  expect(functions).toEqual([
    {
      name: "create_secret",
      arguments:
        "new_secret text, new_name text DEFAULT NULL::text, new_description text DEFAULT ''::text, new_key_id uuid DEFAULT NULL::uuid",
      result: "uuid",
    },
    {
      name: "update_secret",
      arguments:
        "secret_id uuid, new_secret text DEFAULT NULL::text, new_name text DEFAULT NULL::text, new_description text DEFAULT NULL::text, new_key_id uuid DEFAULT NULL::uuid",
      result: "void",
    },
  ]);
  const { rows: columns } = await database.admin.query(
    `select column_name || ' ' || data_type || coalesce(' ' || collation_name, '') as c from information_schema.columns
     where table_schema = 'vault' and table_name = 'decrypted_secrets' order by ordinal_position`,
  );
  expect(columns.map((column) => column.c)).toEqual([
    "id uuid",
    "name text",
    "description text",
    "secret text",
    "decrypted_secret text C",
    "key_id uuid",
    "nonce bytea",
    "created_at timestamp with time zone",
    "updated_at timestamp with time zone",
  ]);
});

it("no role but the owner reaches the vault", async () => {
  for (const role of ["anon", "authenticated", "service_role", "cloakroom_server", "cloakroom_guard"]) {
    const { rows } = await database.admin.query(
      `select has_schema_privilege($1, 'vault', 'usage') or has_table_privilege($1, 'vault.secrets', 'select')
         or has_table_privilege($1, 'vault.decrypted_secrets', 'select')
         or has_function_privilege($1, 'vault.create_secret(text, text, text, uuid)', 'execute')
         or has_function_privilege($1, 'vault.update_secret(uuid, text, text, text, uuid)', 'execute') as reaches`,
      [role],
    );
    expect(rows[0].reaches, role).toBe(false);
  }
});

it("the view opens secrets by name, and updating an unknown secret does nothing", async () => {
  await owner.query("select vault.create_secret('canary', 'named', 'described')");
  const { rows } = await owner.query(
    "select decrypted_secret, description, nonce from vault.decrypted_secrets where name = 'named'",
  );
  expect(rows).toEqual([{ decrypted_secret: "canary", description: "described", nonce: null }]);
  await owner.query("select vault.update_secret(gen_random_uuid(), 'x')");
});

/** Supabase's own objects, as far as privileges go. */
const realVault = `
  create schema vault;
  create table vault.secrets (id uuid, secret text);
  create view vault.decrypted_secrets as select * from vault.secrets;
  create function vault._crypto_aead_det_decrypt(bytea) returns bytea language sql as 'select $1';
  create function vault.create_secret(text, text, text, uuid) returns uuid language sql as 'select $4';
  create function vault.update_secret(uuid, text, text, text, uuid) returns void language sql as 'select';
  revoke all on all functions in schema vault from public;
  set allow_system_table_mods = on;
  insert into pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
  values (424243, 'supabase_vault', 10, 'vault'::regnamespace, false, '0.3.1');`;

it("where Supabase Vault is installed, the owner gets what Supabase grants to postgres, and nothing stands in for it", async () => {
  const bare = await createTestDatabase("template0");
  const client = new pg.Client(bare.adminUrl);
  await client.connect();
  await client.query(realVault);
  for (const file of ["../../../migrations/0002_vault.sql", "../../../migrations/current/vault.sql"])
    await client.query(await readFile(new URL(file, import.meta.url), "utf8"));
  const { rows } = await client.query(
    `select relname::text as name, array(select p from unnest(array['select', 'insert', 'update', 'delete']) as p
       where has_table_privilege('cloakroom_owner', c.oid, p)) as privileges
     from pg_class c where relnamespace = 'vault'::regnamespace order by 1`,
  );
  expect(rows).toEqual([
    { name: "decrypted_secrets", privileges: ["select", "delete"] },
    { name: "secrets", privileges: ["select", "delete"] },
  ]);
  const { rows: functions } = await client.query(
    `select bool_and(has_function_privilege('cloakroom_owner', p.oid, 'execute')) as may, count(*)::integer as functions
     from pg_proc p where p.pronamespace = 'vault'::regnamespace`,
  );
  expect(functions).toEqual([{ may: true, functions: 3 }]);
  await client.end();
  await bare.drop();
});
