-- The columns of several tables, by position. VIEWER; other tables' columns are not there.
create or replace function cloakroom_api.columns(table_ids uuid[]) returns setof cloakroom_api.data_column
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_ids uuid[];
begin
  perform cloakroom_private.require_caller();
  v_ids := cloakroom_private.require_ids(columns.table_ids, 'tableIds');
  return query
    select c.id, c.table_id, c.name, c.type, c.is_sensitive, c.mask, c.is_required, c.options, c.position,
      c.conversion is not null
    from cloakroom.columns c where c.table_id = any (v_ids) order by c.table_id, c.position;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
end $$;
