-- The caller's session; no row, and never an error, where it has ended.
create or replace function cloakroom_api.session() returns setof cloakroom_api.session
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
begin
  begin
    perform cloakroom_private.require_caller();
  exception when sqlstate 'CR401' then
    return;
  end;
  return query
    select r.* from cloakroom.sessions s, cloakroom_private.session_row(s, true) r
    where s.id = cloakroom_private.claim('session_id')::uuid;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
end $$;
