-- Deletes a column and its cells in every row. ADMIN. COLUMN_DELETED.
create or replace function cloakroom_api.delete_column(id uuid) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_column cloakroom.columns := cloakroom_private.locked_column(delete_column.id);
  v_id text := v_column.id;
begin
  perform cloakroom_private.begin_sealing(v_column.table_id, v_column.organization_id);
  update cloakroom.rows r set "values" = r."values" - v_id, sealed = r.sealed - v_id, masks = r.masks - v_id
  where r.table_id = v_column.table_id and (r."values" ? v_id or r.sealed ? v_id);
  perform cloakroom_private.end_sealing();
  delete from cloakroom.columns c where c.id = v_column.id;
  update cloakroom.columns c set position = c.position - 1
  where c.table_id = v_column.table_id and c.position > v_column.position;
  perform cloakroom_private.append_audit_event(v_column.organization_id, 'COLUMN_DELETED', 'column', v_column.id, null,
    jsonb_build_object('tableId', v_column.table_id, 'name', v_column.name));
  return true;
end $$;
