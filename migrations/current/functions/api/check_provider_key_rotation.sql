-- Whether rotate_provider_key() would take this key now, by the same refusals and without storing it; where to try it
-- upstream first. ADMIN.
create or replace function cloakroom_api.check_provider_key_rotation(provider_key_id uuid, api_key text)
returns cloakroom_api.provider_key_rotation
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_key cloakroom.provider_keys;
begin
  v_key := cloakroom_private.locked_key_to_rotate(
    check_provider_key_rotation.provider_key_id, check_provider_key_rotation.api_key);
  return row(v_key.id, v_key.provider, v_key.base_url)::cloakroom_api.provider_key_rotation;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
