-- An event as the API shows it: under the published action, with the one that it is in `details.change`.
create or replace function cloakroom_private.shown_event(event cloakroom.audit_events) returns cloakroom.audit_events
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_shown_as constant text := cloakroom_private.actions_shown_as() ->> event.action;
begin
  if v_shown_as is not null then
    event.details := event.details || jsonb_build_object('change', event.action);
    event.action := v_shown_as;
  end if;
  return event;
end $$;
