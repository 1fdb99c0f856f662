-- A column as it is answered.
create or replace function cloakroom_private.column_row("column" cloakroom.columns) returns cloakroom_api.data_column
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return row("column".id, "column".table_id, "column".name, "column".type, "column".is_sensitive, "column".mask,
    "column".is_required, "column".options, "column".position, "column".conversion is not null
  )::cloakroom_api.data_column;
end $$;
