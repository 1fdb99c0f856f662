-- Ends the quarantine of a provider key that turned out not to have leaked. It stays deactivated until it is activated.
-- CR409 for a key that is in none. OWNER. Audited.
create or replace function cloakroom_api.release_provider_key(provider_key_id uuid, reason text default null)
returns cloakroom_api.provider_key
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_key cloakroom.provider_keys;
  v_reason text;
begin
  v_key := cloakroom_private.locked_provider_key(release_provider_key.provider_key_id);
  perform cloakroom_private.require_role(v_key.organization_id, 'OWNER');
  v_reason := nullif(btrim(reason, E' \t\n\r'), '');
  if length(v_reason) > 2000 then
    perform cloakroom_private.refuse_input('reason', 'A reason may have at most 2,000 characters.');
  elsif v_key.quarantined_at is null then
    raise exception 'This provider key is not in quarantine.' using errcode = 'CR409';
  end if;
  v_key.quarantined_at := null;
  update cloakroom.provider_keys k set quarantined_at = null where k.id = v_key.id;
  perform cloakroom_private.append_provider_key_event(v_key, 'PROVIDER_KEY_RELEASED', v_reason);
  return cloakroom_private.provider_key_row(v_key);
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
