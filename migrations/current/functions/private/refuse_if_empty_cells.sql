-- A required column has a value in every row: refused where one has none.
create or replace function cloakroom_private.refuse_if_empty_cells(this_column cloakroom.columns, field text) returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_id text := this_column.id;
begin
  if this_column.is_required and exists (
    select from cloakroom.rows r where r.table_id = this_column.table_id and not (r."values" ? v_id or r.sealed ? v_id)
  ) then
    perform cloakroom_private.refuse_input(
      field, 'The column cannot be required: there are rows without a value in it.');
  end if;
end $$;
