-- How many rows each table holds, a table that the caller does not reach being left out. VIEWER.
create or replace function cloakroom_api.row_counts(table_ids uuid[]) returns setof cloakroom_api.row_count
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_ids uuid[];
begin
  perform cloakroom_private.require_caller();
  v_ids := cloakroom_private.require_ids(row_counts.table_ids, 'tableIds');
  return query
    select t.id, (select count(*)::integer from cloakroom.rows r where r.table_id = t.id)
    from cloakroom.tables t where t.id = any (v_ids);
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
end $$;
