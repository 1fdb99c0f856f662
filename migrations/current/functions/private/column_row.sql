-- A column as it is answered.
create or replace function cloakroom_private.column_row(this_column cloakroom.columns) returns cloakroom_api.data_column
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return row(this_column.id, this_column.table_id, this_column.name, this_column.type, this_column.is_sensitive, this_column.mask,
    this_column.is_required, this_column.options, this_column.position, this_column.conversion is not null
  )::cloakroom_api.data_column;
end $$;
