-- A table as it is answered.
create or replace function cloakroom_private.table_row(this_table cloakroom.tables) returns cloakroom_api.data_table
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return row(this_table.id, this_table.organization_id, this_table.name, this_table.created_at)::cloakroom_api.data_table;
end $$;
