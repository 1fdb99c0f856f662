-- An organization's tables in order of creation. VIEWER.
create or replace function cloakroom_api.tables(organization_id uuid) returns setof cloakroom_api.data_table
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
begin
  perform cloakroom_private.require_role(tables.organization_id, 'VIEWER');
  return query
    select t.id, t.organization_id, t.name, t.created_at from cloakroom.tables t
    where t.organization_id = tables.organization_id order by t.created_at, t.id;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
end $$;
