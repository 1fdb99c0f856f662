-- Changes `label` (null clears it), `active` and `limits` ({requestsPerMinute, tokensPerDay, models}, null lifts one) of a
-- provider key; what `changes` leaves out stays. CR409 for activating one in quarantine. ADMIN. Audited.
create or replace function cloakroom_api.update_provider_key(provider_key_id uuid, changes jsonb)
returns cloakroom_api.provider_key
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_key cloakroom.provider_keys;
  v_limits cloakroom_api.usage_limits;
  v_details jsonb;
begin
  v_key := cloakroom_private.locked_provider_key(update_provider_key.provider_key_id);
  perform cloakroom_private.require_shape(
    changes, '{"label": "string", "active": "boolean", "limits": "object"}', 'input');
  if changes ? 'label' then
    v_key.label := cloakroom_private.optional_label(changes ->> 'label');
  end if;
  if jsonb_typeof(changes -> 'active') = 'boolean' then
    v_key.is_active := (changes ->> 'active')::boolean;
  end if;
  if v_key.is_active and v_key.quarantined_at is not null then
    raise exception 'This provider key is in quarantine: an OWNER releases it first.' using errcode = 'CR409';
  end if;
  if jsonb_typeof(changes -> 'limits') = 'object' then
    v_limits := cloakroom_private.changed_limits(
      row(v_key.requests_per_minute, v_key.tokens_per_day, v_key.models), changes -> 'limits', 'input.limits');
    v_key.requests_per_minute := v_limits.requests_per_minute;
    v_key.tokens_per_day := v_limits.tokens_per_day;
    v_key.models := v_limits.models;
    v_details := jsonb_build_object('limits', cloakroom_private.limits_as_details(v_limits));
  end if;
  update cloakroom.provider_keys k set label = v_key.label, is_active = v_key.is_active,
    replaced_by = case when not v_key.is_active then k.replaced_by end,
    requests_per_minute = v_key.requests_per_minute, tokens_per_day = v_key.tokens_per_day, models = v_key.models
  where k.id = v_key.id;
  perform cloakroom_private.append_provider_key_event(v_key, 'PROVIDER_KEY_UPDATED', null, coalesce(v_details, '{}'));
  return cloakroom_private.provider_key_row(v_key);
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
