-- Changes `label` (null clears it) and `active` of a provider key; what `changes` leaves out stays. ADMIN. Audited.
create or replace function cloakroom_api.update_provider_key(provider_key_id uuid, changes jsonb)
returns cloakroom_api.provider_key
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_key cloakroom.provider_keys;
begin
  v_key := cloakroom_private.locked_provider_key(update_provider_key.provider_key_id);
  perform cloakroom_private.require_shape(changes, '{"label": "string", "active": "boolean"}', 'input');
  if changes ? 'label' then
    v_key.label := cloakroom_private.optional_label(changes ->> 'label');
  end if;
  if jsonb_typeof(changes -> 'active') = 'boolean' then
    v_key.is_active := (changes ->> 'active')::boolean;
  end if;
  update cloakroom.provider_keys k set label = v_key.label, is_active = v_key.is_active where k.id = v_key.id;
  perform cloakroom_private.append_provider_key_event(v_key, 'PROVIDER_KEY_UPDATED');
  return cloakroom_private.provider_key_row(v_key);
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
