-- One table. VIEWER.
create or replace function cloakroom_api.table_by_id(id uuid) returns cloakroom_api.data_table
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  return cloakroom_private.table_row(cloakroom_private.require_table(table_by_id.id, 'VIEWER'));
end $$;
