-- Gives a table another name. ADMIN.
create or replace function cloakroom_api.rename_table(id uuid, name text) returns cloakroom_api.data_table
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_table cloakroom.tables;
begin
  v_table := cloakroom_private.require_table(rename_table.id, 'ADMIN');
  v_table.name := cloakroom_private.require_text(rename_table.name, 200, 'name');
  begin
    update cloakroom.tables t set name = v_table.name where t.id = v_table.id;
    if not found then
      perform cloakroom_private.not_found();
    end if;
  exception when unique_violation then
    perform cloakroom_private.refuse_taken_name('table', 'name');
  end;
  return cloakroom_private.table_row(v_table);
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
