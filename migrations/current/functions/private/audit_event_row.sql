-- An event as it is answered: under a published action, with the actor's name of today, the address masked.
create or replace function cloakroom_private.audit_event_row(event cloakroom.audit_events)
returns cloakroom_api.audit_event
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_shown_as text := cloakroom_private.actions_shown_as() ->> event.action;
begin
  return row(event.id, event.organization_id, event.sequence, coalesce(v_shown_as, event.action), event.actor_id,
    (select u.name from cloakroom.users u where u.id = event.actor_id),
    event.target_type, event.target_id, event.reason,
    case when v_shown_as is null then event.details else event.details || jsonb_build_object('change', event.action) end,
    cloakroom_private.mask(event.ip_sealed, 'FULL'), event.occurred_at, event.hash, event.previous_hash
  )::cloakroom_api.audit_event;
end $$;
