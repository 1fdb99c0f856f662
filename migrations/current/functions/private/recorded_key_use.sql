-- Writes a use of a provider key with its one PROVIDER_KEY_USED, and the row that its day's tokens will be counted in. The
-- caller holds usage_lock.
create or replace function cloakroom_private.recorded_key_use(use cloakroom.provider_key_uses, key cloakroom.provider_keys)
returns cloakroom.provider_key_uses
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_use cloakroom.provider_key_uses := use;
  v_event cloakroom.audit_events;
begin
  v_use.id := gen_random_uuid();
  v_use.organization_id := key.organization_id;
  v_use.provider_key_id := key.id;
  v_use.begun_at := clock_timestamp();
  insert into cloakroom.provider_key_tokens values (
    v_use.organization_id, (v_use.begun_at at time zone 'UTC')::date, v_use.provider_key_id) on conflict do nothing;
  v_event := cloakroom_private.append_provider_key_event(
    key, 'PROVIDER_KEY_USED', null, jsonb_build_object('model', v_use.model));
  v_use.opened_at := v_event.occurred_at;
  v_use.audit_event_id := v_event.id;
  insert into cloakroom.provider_key_uses values (v_use.*);
  return v_use;
end $$;
