-- A provider key about to be decrypted: locked against whoever deactivates it, puts it in quarantine or deletes it, and
-- its use noted. CR404 where it is gone, CR409 where it may not be used any more.
create or replace function cloakroom_private.opened_key(provider_key_id uuid) returns cloakroom.provider_keys
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_key cloakroom.provider_keys;
begin
  select * into v_key from cloakroom.provider_keys k where k.id = opened_key.provider_key_id for no key update;
  if not found then
    perform cloakroom_private.not_found();
  end if;
  perform cloakroom_private.refuse_unusable_key(v_key);
  v_key.last_used_at := clock_timestamp();
  update cloakroom.provider_keys k set last_used_at = v_key.last_used_at where k.id = v_key.id;
  return v_key;
end $$;
