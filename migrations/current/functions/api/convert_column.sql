-- Brings the next 2,000 rows in line with what a column became: call it until the answer is no longer `converting`. For the
-- server, and for an ADMIN who changed the column without one. A cell's plaintext is taken from where it stands and written back through the trigger, which
-- seals it or leaves it. Readers and writers go on; only ending takes the rows' exclusive lock.
create or replace function cloakroom_api.convert_column(column_id uuid) returns cloakroom_api.data_column
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_column cloakroom.columns;
  v_next bigint;
begin
  if not cloakroom_private.is_service() then
    perform cloakroom_private.require_caller();
  end if;
  select c.* into v_column from cloakroom.columns c where c.id = convert_column.column_id;
  if not found then
    perform cloakroom_private.not_found();
  elsif not cloakroom_private.is_service() then
    perform cloakroom_private.reachable_table(v_column.table_id, 'ADMIN');
  end if;
  v_next := cloakroom_private.end_of_batch(v_column);
  if v_next is null then
    -- Before the others, in the order in which update_column takes them.
    perform pg_advisory_xact_lock(cloakroom_private.rows_lock(v_column.table_id));
  end if;
  perform pg_advisory_xact_lock(cloakroom_private.conversion_lock(v_column.table_id));
  select c.* into v_column from cloakroom.columns c where c.id = convert_column.column_id for update;
  if not found then
    perform cloakroom_private.not_found();
  elsif v_column.conversion is null then
    return cloakroom_private.column_row(v_column);
  elsif v_next is not null then
    perform cloakroom_private.convert_cells(v_column, v_next);
    update cloakroom.columns c set converted_to = greatest(c.converted_to, v_next) where c.id = v_column.id;
  elsif cloakroom_private.end_of_batch(v_column) is null then
    update cloakroom.columns c set
      is_sensitive = v_column.conversion = 'sealing',
      mask = case when v_column.conversion = 'sealing' then c.mask end,
      conversion = null, converted_to = null
    where c.id = v_column.id returning * into v_column;
  end if;
  return cloakroom_private.column_row(v_column);
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
