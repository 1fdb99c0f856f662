-- Trigger: the id of a deleted session is kept, so that no token that names it can bring it back.
create or replace function cloakroom_private.remember_ended_session() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into cloakroom.ended_sessions (session_id) values (old.id) on conflict do nothing;
  return null;
end $$;
