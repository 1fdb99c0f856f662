-- The version of the definitions in force, as the migration runner has written it down; null before the first. For the
-- server alone, which compares it with its own at start.
create or replace function cloakroom_api.release() returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
begin
  return (select m.sha256 from cloakroom_private.migrations m where m.name = 'current');
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
