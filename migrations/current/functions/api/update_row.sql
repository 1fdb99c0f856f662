-- Writes cells of one row: null clears, what is left out stays. MEMBER. CR409 where `expected_version` is not the row's.
create or replace function cloakroom_api.update_row(id uuid, "values" jsonb, expected_version integer default null)
returns cloakroom_api.data_row
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_table cloakroom.tables;
  v_given text[];
  v_cells jsonb;
  v_size integer;
  v_row cloakroom_api.data_row;
begin
  v_table := cloakroom_private.require_row(update_row.id, 'MEMBER');
  perform pg_advisory_xact_lock_shared(cloakroom_private.rows_lock(v_table.id));
  v_cells := (cloakroom_private.normalize_rows(v_table.id, jsonb_build_array(update_row."values"), 'input.values'))[1];
  v_given := array(select jsonb_object_keys(update_row."values"));
  perform cloakroom_private.refuse_empty_cells(v_table.id, array[v_cells], 'input.values', v_given);
  perform cloakroom_private.begin_sealing(v_table.id, v_table.organization_id);
  update cloakroom.rows r set
    "values" = (r."values" - v_given) || v_cells, sealed = r.sealed - v_given, masks = r.masks - v_given,
    version = r.version + 1, updated_at = now()
  where r.id = update_row.id and r.version = coalesce(expected_version, r.version)
  -- A token is a third longer than what it holds.
  returning octet_length(r."values"::text) + octet_length(r.sealed::text) * 3 / 4 into v_size;
  if v_size is null then
    -- Gone, or another version.
    perform cloakroom_private.require_row(update_row.id, 'MEMBER');
    raise exception 'The row was changed by someone else.' using errcode = 'CR409', detail = 'input.expectedVersion';
  elsif v_size > 1048576 then
    perform cloakroom_private.refuse_input('input.values', 'A row may hold at most 1 MiB.');
  end if;
  perform cloakroom_private.end_sealing();
  select * into v_row from cloakroom_private.masked_rows(v_table.id, array[update_row.id]);
  -- The caller may be removed meanwhile.
  if v_row.id is null then
    perform cloakroom_private.not_found();
  end if;
  return v_row;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
