-- The advisory lock of those who change many rows of a table in an order of their own, so that no two wait for each
-- other: a batch of a conversion and whoever changes columns take it exclusively, who deletes rows shared. After
-- rows_lock, where both are taken, and before the locks of columns and rows.
create or replace function cloakroom_private.conversion_lock(table_id uuid) returns bigint
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return hashtextextended('cloakroom.conversion:' || table_id, 0);
end $$;
