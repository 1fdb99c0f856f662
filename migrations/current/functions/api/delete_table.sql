-- Deletes a table with its columns and rows. ADMIN. TABLE_DELETED.
create or replace function cloakroom_api.delete_table(id uuid) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_table cloakroom.tables;
begin
  v_table := cloakroom_private.require_table(delete_table.id, 'ADMIN');
  perform pg_advisory_xact_lock(cloakroom_private.rows_lock(v_table.id));
  delete from cloakroom.tables t where t.id = v_table.id;
  if not found then
    perform cloakroom_private.not_found();
  end if;
  perform cloakroom_private.append_audit_event(
    v_table.organization_id, 'TABLE_DELETED', 'table', v_table.id, null, jsonb_build_object('name', v_table.name));
  return true;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
