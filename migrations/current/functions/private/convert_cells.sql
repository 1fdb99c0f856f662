-- Writes a column's cells of the rows after converted_to and up to `last` back as the column now says. One statement,
-- and each row's value is computed from that row's newest version, so that no write in between is lost.
create or replace function cloakroom_private.convert_cells(this_column cloakroom.columns, last bigint) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_id text := this_column.id;
  v_key bytea := cloakroom_private.organization_key(this_column.organization_id);
begin
  perform cloakroom_private.begin_sealing(this_column.table_id, this_column.organization_id);
  update cloakroom.rows r set
    "values" = r."values" || jsonb_build_object(v_id, cloakroom_private.cell_value(r.id, r."values", r.sealed, v_id, v_key)),
    sealed = r.sealed - v_id,
    masks = r.masks - v_id
  where r.table_id = this_column.table_id and r.sequence > this_column.converted_to and r.sequence <= last
    and (r."values" ? v_id or r.sealed ? v_id);
  perform cloakroom_private.end_sealing();
end $$;
