-- The plaintext of a provider key that the caller has locked and found usable; its use is noted.
create or replace function cloakroom_private.opened_key(key cloakroom.provider_keys) returns text
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  update cloakroom.provider_keys k set last_used_at = clock_timestamp() where k.id = key.id;
  return cloakroom_private.read_secret(key.secret_id);
end $$;
