-- Adds rows given as {column id: value}, all or none, and returns them masked in the order given. MEMBER; at most 1,000.
create or replace function cloakroom_api.add_rows(table_id uuid, rows jsonb) returns setof cloakroom_api.data_row
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_table cloakroom.tables;
  v_rows jsonb[];
  v_ids uuid[];
begin
  perform cloakroom_private.require_caller();
  perform pg_advisory_xact_lock_shared(cloakroom_private.rows_lock(add_rows.table_id));
  v_table := cloakroom_private.reachable_table(add_rows.table_id, 'MEMBER');
  if jsonb_typeof(add_rows.rows) is distinct from 'array' then
    perform cloakroom_private.refuse_input('input.rows', 'Expected a list of rows.');
  elsif jsonb_array_length(add_rows.rows) > 1000 then
    perform cloakroom_private.refuse_input('input.rows', 'At most 1,000 rows a call.');
  end if;
  v_rows := cloakroom_private.normalize_rows(v_table.id, add_rows.rows, 'input.rows.%s');
  perform cloakroom_private.refuse_empty_cells(v_table.id, v_rows, 'input.rows.%s');
  perform cloakroom_private.begin_sealing(v_table.id, v_table.organization_id);
  -- Sorted first: the sequence, and with it the order of reading, follows the order given.
  with added as (
    insert into cloakroom.rows (table_id, organization_id, "values")
    select v_table.id, v_table.organization_id, g.cells
    from unnest(v_rows) with ordinality g(cells, number) order by g.number
    returning id)
  select array_agg(a.id) into v_ids from added a;
  perform cloakroom_private.end_sealing();
  return query select * from cloakroom_private.masked_rows(v_table.id, v_ids);
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
end $$;
