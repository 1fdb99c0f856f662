-- Deletes a column and its cells in every row. ADMIN. COLUMN_DELETED.
create or replace function cloakroom_api.delete_column(id uuid) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_column cloakroom.columns;
  v_id text;
begin
  v_column := cloakroom_private.locked_column(delete_column.id);
  v_id := v_column.id;
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
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
