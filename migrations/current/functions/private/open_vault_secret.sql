-- One secret of the Vault stand-in, opened; `key_id` is the fingerprint of the root key that sealed it.
create or replace function cloakroom_private.open_vault_secret(id uuid, secret text, key_id uuid) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform cloakroom_private.require_vault_key(key_id);
  return cloakroom_private.unseal(secret, cloakroom_private.root_key(), 'vault:' || id);
end $$;
