-- A provider key in the open, for the server alone and on record each time, as nobody's use. CR404 for none, CR409 for one
-- that is deactivated or in quarantine, CR422 for a request that casts or filters the answer.
create or replace function cloakroom_api.get_decrypted_provider_key(provider_key_id uuid) returns text
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_key cloakroom.provider_keys;
  v_api_key text;
begin
  perform cloakroom_private.require_plain_request();
  select * into v_key from cloakroom.provider_keys k
  where k.id = get_decrypted_provider_key.provider_key_id for no key update;
  if not found then
    perform cloakroom_private.not_found();
  end if;
  perform cloakroom_private.refuse_unusable_key(v_key);
  v_api_key := cloakroom_private.opened_key(v_key);
  perform cloakroom_private.append_provider_key_event(
    v_key, 'PROVIDER_KEY_USED', null, jsonb_build_object('handedOut', true));
  raise log 'cloakroom: provider key % is handed out', v_key.id;
  return v_api_key;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
