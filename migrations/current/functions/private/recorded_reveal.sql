-- The event of this caller's own reveal of this cell, where it is committed (it was written before this transaction began),
-- not over a minute old, and the row has not been changed since; CR409 where it is not.
create or replace function cloakroom_private.recorded_reveal(
  event_id uuid, user_id uuid, row_id uuid, column_id text, changed_at timestamptz
) returns cloakroom.audit_events
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_event cloakroom.audit_events;
begin
  select * into v_event from cloakroom.audit_events a
  where a.id = recorded_reveal.event_id and a.action = 'CELL_REVEALED' and a.actor_id = recorded_reveal.user_id
    and a.target_id = recorded_reveal.row_id and a.details ->> 'columnId' = recorded_reveal.column_id
    and a.occurred_at < now() and a.occurred_at > now() - interval '1 minute'
    and a.occurred_at > recorded_reveal.changed_at;
  if not found then
    raise exception 'There is no event of your reveal of this value a moment ago: reveal it anew.' using errcode = 'CR409';
  end if;
  return v_event;
end $$;
