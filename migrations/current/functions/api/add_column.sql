-- Adds a column at the end of a table. ADMIN. A required one is refused where rows stand, which would lack a value.
create or replace function cloakroom_api.add_column(table_id uuid, definition jsonb) returns cloakroom_api.data_column
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_table cloakroom.tables;
  v_column cloakroom.columns;
begin
  v_table := cloakroom_private.require_table(add_column.table_id, 'ADMIN');
  perform pg_advisory_xact_lock(cloakroom_private.rows_lock(v_table.id));
  -- Again, since it may have been deleted while this waited.
  v_table := cloakroom_private.reachable_table(v_table.id, 'ADMIN');
  v_column := cloakroom_private.insert_column(v_table, add_column.definition, 'input.column');
  perform cloakroom_private.refuse_if_empty_cells(v_column, 'input.column.required');
  return cloakroom_private.column_row(v_column);
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
