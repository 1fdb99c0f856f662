-- Refuses, with CR503, to go on where `key_id` is not the fingerprint of the root key in force: a server that was
-- started with another VAULT_ROOT_KEY is told so, and does not take its vault for a damaged one.
create or replace function cloakroom_private.require_vault_key(key_id uuid) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if key_id is distinct from cloakroom_private.vault_key_fingerprint() then
    raise exception 'The vault was sealed under another VAULT_ROOT_KEY.' using errcode = 'CR503';
  end if;
end $$;
