-- The column under the exclusive lock of its table's rows, for an ADMIN. CR401, CR404 and CR403 as require_table.
create or replace function cloakroom_private.locked_column(column_id uuid) returns cloakroom.columns
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_column cloakroom.columns;
begin
  perform cloakroom_private.require_caller();
  select c.* into v_column from cloakroom.columns c where c.id = locked_column.column_id;
  perform cloakroom_private.reachable_table(v_column.table_id, 'ADMIN');
  perform pg_advisory_xact_lock(cloakroom_private.rows_lock(v_column.table_id));
  perform pg_advisory_xact_lock(cloakroom_private.conversion_lock(v_column.table_id));
  -- Again, since it may have changed or gone while this waited.
  select c.* into v_column from cloakroom.columns c where c.id = locked_column.column_id for update;
  if not found then
    perform cloakroom_private.not_found();
  end if;
  return v_column;
end $$;
