-- The event of what the caller asked for a moment ago, by which they may have it: committed (it was written before this
-- transaction began), not over a minute old, of this action and target, with these of its details, and not from before
-- `since`. CR409 where there is none.
create or replace function cloakroom_private.recorded_event(
  event_id uuid, action text, target_id uuid, details jsonb default '{}', since timestamptz default '-infinity'
) returns cloakroom.audit_events
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_event cloakroom.audit_events;
begin
  select * into v_event from cloakroom.audit_events a
  where a.id = recorded_event.event_id and a.action = recorded_event.action and a.target_id = recorded_event.target_id
    and a.actor_id is not distinct from cloakroom_private.caller_id() and a.details @> recorded_event.details
    and a.occurred_at < now() and a.occurred_at > now() - interval '1 minute' and a.occurred_at > recorded_event.since;
  if not found then
    raise exception 'No event of the last minute fits this: ask again without recorded_event_id.' using errcode = 'CR409';
  end if;
  return v_event;
end $$;
