-- The columns whose cells are still to be converted, for the server alone: what a crash interrupted.
create or replace function cloakroom_api.unfinished_conversions() returns setof uuid
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
begin
  return query select c.id from cloakroom.columns c where c.conversion is not null order by c.created_at, c.id;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
end $$;
