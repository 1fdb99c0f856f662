-- Makes a data key of 32 random bytes, keeps it in the vault as URL-safe base64, and returns the secret's id.
create or replace function cloakroom_private.create_data_key(name text) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  return cloakroom_private.store_secret(
    replace(replace(encode(extensions.gen_random_bytes(32), 'base64'), '+', '-'), '/', '_'), name);
end $$;
