-- The value of one cell, wherever it stands: still (or again) plain while its column is being converted, else sealed.
-- SQL null where the cell is empty.
create or replace function cloakroom_private.cell_value(
  row_id uuid, "values" jsonb, sealed jsonb, column_id text, data_key bytea
) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return coalesce(
    cell_value."values" -> column_id,
    cloakroom_private.unseal(
      sealed ->> column_id, data_key, cloakroom_private.cell_place(row_id, column_id))::jsonb);
end $$;
