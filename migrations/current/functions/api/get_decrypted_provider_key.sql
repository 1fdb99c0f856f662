-- A provider key in the open, for the server alone and on record each time, as nobody's use. CR404 for none, CR409 for one
-- that is deactivated or in quarantine.
-- Whoever calls without the server's dispatcher could still undo the event when they have the key. To them the first call
-- answers `recorded`, with the event's id and no key; a second one, which names it as `recorded_event_id`, the key.
create or replace function cloakroom_api.get_decrypted_provider_key(
  provider_key_id uuid, recorded_event_id uuid default null
) returns cloakroom_api.revealed_secret
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_key cloakroom.provider_keys;
  v_details jsonb;
  v_api_key text;
  v_event cloakroom.audit_events;
begin
  select * into v_key from cloakroom.provider_keys k
  where k.id = get_decrypted_provider_key.provider_key_id for no key update;
  if not found then
    perform cloakroom_private.not_found();
  end if;
  perform cloakroom_private.refuse_unusable_key(v_key);
  v_details := jsonb_build_object('handedOut', true);
  if recorded_event_id is not null then
    perform cloakroom_private.recorded_event(recorded_event_id, 'PROVIDER_KEY_USED', v_key.id, v_details);
  end if;
  v_api_key := cloakroom_private.opened_key(v_key);
  if recorded_event_id is null then
    v_event := cloakroom_private.append_provider_key_event(v_key, 'PROVIDER_KEY_USED', null, v_details);
    if not cloakroom_private.is_dispatched() then
      return row('recorded', null, v_event.id)::cloakroom_api.revealed_secret;
    end if;
  end if;
  return row('revealed', v_api_key, null)::cloakroom_api.revealed_secret;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
