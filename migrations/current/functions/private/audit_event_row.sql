-- An event as it is answered: as it is shown, with the actor's name of today, the address masked.
create or replace function cloakroom_private.audit_event_row(event cloakroom.audit_events)
returns cloakroom_api.audit_event
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_shown constant cloakroom.audit_events := cloakroom_private.shown_event(event);
begin
  return row(event.id, event.organization_id, event.sequence, v_shown.action, event.actor_id,
    (select u.name from cloakroom.users u where u.id = event.actor_id),
    event.target_type, event.target_id, event.reason, v_shown.details,
    cloakroom_private.mask(event.ip_sealed, 'FULL'), event.occurred_at, event.hash, event.previous_hash
  )::cloakroom_api.audit_event;
end $$;
