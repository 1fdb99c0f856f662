-- How many rows each table holds, a table that the caller does not reach being left out. VIEWER.
create or replace function cloakroom_api.row_counts(table_ids uuid[]) returns setof cloakroom_api.row_count
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform cloakroom_private.require_caller();
  return query
    select t.id, (select count(*)::integer from cloakroom.rows r where r.table_id = t.id)
    from cloakroom.tables t where t.id = any (row_counts.table_ids);
end $$;
