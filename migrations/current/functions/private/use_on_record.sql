-- The use of a provider key that this caller's take of a moment ago has begun, by its event; CR409 where there is none,
-- where it has ended, and where it is another organization's or session's.
create or replace function cloakroom_private.use_on_record(event_id uuid, organization_id uuid, session_id uuid)
returns cloakroom.provider_key_uses
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_use cloakroom.provider_key_uses;
begin
  select * into v_use from cloakroom.provider_key_uses u
  where u.audit_event_id = use_on_record.event_id and u.organization_id = use_on_record.organization_id
    and u.session_id = use_on_record.session_id and u.ended_at is null;
  perform cloakroom_private.recorded_event(use_on_record.event_id, 'PROVIDER_KEY_USED', v_use.provider_key_id);
  return v_use;
end $$;
