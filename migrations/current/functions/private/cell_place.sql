-- The place of a cell, to which its token is bound.
create or replace function cloakroom_private.cell_place(row_id uuid, column_id text) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return 'cell:' || row_id || ':' || column_id;
end $$;
