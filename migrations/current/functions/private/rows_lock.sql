-- The advisory lock of a table's rows. Who writes rows takes it shared before reading the table's columns; who changes
-- columns takes it exclusively, so that no writer goes on under what the columns were before.
create or replace function cloakroom_private.rows_lock(table_id uuid) returns bigint
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return hashtextextended('cloakroom.rows:' || table_id, 0);
end $$;
