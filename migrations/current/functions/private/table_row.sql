-- A table as it is answered.
create or replace function cloakroom_private.table_row("table" cloakroom.tables) returns cloakroom_api.data_table
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return row("table".id, "table".organization_id, "table".name, "table".created_at)::cloakroom_api.data_table;
end $$;
