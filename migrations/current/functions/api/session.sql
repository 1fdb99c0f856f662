-- The caller's session; no row, and never an error, where it has ended.
create or replace function cloakroom_api.session() returns setof cloakroom_api.session
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if cloakroom_private.caller_id() is null then
    return;
  end if;
  perform cloakroom_private.require_caller();
  return query
    select r.* from cloakroom.sessions s, cloakroom_private.session_row(s, true) r
    where s.id = cloakroom_private.claim('session_id')::uuid;
end $$;
