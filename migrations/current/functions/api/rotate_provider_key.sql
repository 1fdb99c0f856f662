-- Stores a new API key in place of an old one, which is deactivated in the same transaction: a key of its own, with the
-- provider, label, base URL and limits of the old. A key in quarantine can be replaced and stays there. ADMIN. Audited as
-- one event of the old key that names the new one. CR422 and CR409 as insert_provider_key(), and CR409 for a key that is
-- deactivated or was replaced before.
create or replace function cloakroom_api.rotate_provider_key(provider_key_id uuid, api_key text)
returns cloakroom_api.provider_key
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_old cloakroom.provider_keys;
  v_new cloakroom.provider_keys;
begin
  v_old := cloakroom_private.locked_key_to_rotate(rotate_provider_key.provider_key_id, rotate_provider_key.api_key);
  v_new := v_old;
  v_new.created_by := cloakroom_private.caller_id();
  v_new := cloakroom_private.store_provider_key(
    v_new, cloakroom_private.require_api_key(rotate_provider_key.api_key));
  update cloakroom.provider_keys k set is_active = false, replaced_by = v_new.id where k.id = v_old.id;
  perform cloakroom_private.append_provider_key_event(
    v_old, 'PROVIDER_KEY_ROTATED', null, jsonb_build_object('newProviderKeyId', v_new.id));
  return cloakroom_private.provider_key_row(v_new);
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
