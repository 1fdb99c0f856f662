-- One row, masked. VIEWER.
create or replace function cloakroom_api.row_by_id(id uuid) returns cloakroom_api.data_row
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_table uuid;
  v_row cloakroom_api.data_row;
begin
  perform cloakroom_private.require_caller();
  select r.table_id into v_table from cloakroom.rows r where r.id = row_by_id.id;
  if not found then
    perform cloakroom_private.not_found();
  end if;
  select * into v_row from cloakroom_private.masked_rows(v_table, array[row_by_id.id]);
  if v_row.id is null then
    perform cloakroom_private.not_found();
  end if;
  return v_row;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
