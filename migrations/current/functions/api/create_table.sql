-- Makes a table with its columns, each {name, type, sensitive, mask, required, options}. ADMIN. TABLE_CREATED.
create or replace function cloakroom_api.create_table(organization_id uuid, name text, columns jsonb default '[]')
returns cloakroom_api.data_table
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_table cloakroom.tables;
begin
  perform cloakroom_private.require_role(create_table.organization_id, 'ADMIN');
  if jsonb_typeof(create_table.columns) is distinct from 'array' then
    perform cloakroom_private.refuse_input('input.columns', 'Expected a list of columns.');
  elsif jsonb_array_length(create_table.columns) > 200 then
    perform cloakroom_private.refuse_input('input.columns', 'A table has at most 200 columns.');
  end if;
  insert into cloakroom.tables (organization_id, name)
  values (create_table.organization_id, cloakroom_private.require_text(create_table.name, 200, 'input.name'))
  on conflict do nothing returning * into v_table;
  if not found then
    perform cloakroom_private.refuse_taken_name('table', 'input.name');
  end if;
  perform cloakroom_private.insert_column(v_table, g.value, 'input.columns.' || g.number - 1)
  from jsonb_array_elements(create_table.columns) with ordinality g(value, number);
  perform cloakroom_private.append_audit_event(
    v_table.organization_id, 'TABLE_CREATED', 'table', v_table.id, null, jsonb_build_object('name', v_table.name));
  return cloakroom_private.table_row(v_table);
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
