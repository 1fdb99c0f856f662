-- One table. VIEWER.
create or replace function cloakroom_api.table_by_id(id uuid) returns cloakroom_api.data_table
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
begin
  return cloakroom_private.table_row(cloakroom_private.require_table(table_by_id.id, 'VIEWER'));
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
