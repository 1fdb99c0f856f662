-- Deletes rows of one table, all or none, and returns how many. MEMBER; at most 1,000. ROWS_DELETED.
create or replace function cloakroom_api.delete_rows(ids uuid[]) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_ids uuid[];
  v_tables uuid[];
  v_found integer;
begin
  perform cloakroom_private.require_caller();
  v_ids := cloakroom_private.require_ids(delete_rows.ids, 'ids');
  if v_ids = '{}' then
    return 0;
  end if;
  select array_agg(distinct r.table_id), count(*) into v_tables, v_found
  from cloakroom.rows r where r.id = any (v_ids);
  if v_found < cardinality(v_ids) then
    perform cloakroom_private.not_found();
  elsif cardinality(v_tables) > 1 then
    perform cloakroom_private.refuse_input('ids', 'These rows are of more than one table.');
  end if;
  perform cloakroom_private.reachable_table(v_tables[1], 'MEMBER');
  perform pg_advisory_xact_lock_shared(cloakroom_private.rows_lock(v_tables[1]));
  perform pg_advisory_xact_lock_shared(cloakroom_private.conversion_lock(v_tables[1]));
  -- In one order, so that two calls over the same rows take turns.
  perform from cloakroom.rows r where r.id = any (v_ids) order by r.id for update;
  get diagnostics v_found = row_count;
  if v_found < cardinality(v_ids) then
    perform cloakroom_private.not_found();
  end if;
  delete from cloakroom.rows r where r.id = any (v_ids);
  perform cloakroom_private.append_audit_event(t.organization_id, 'ROWS_DELETED', 'table', t.id, null,
    jsonb_build_object('count', v_found, 'rowIds', to_jsonb(v_ids)))
  from cloakroom.tables t where t.id = v_tables[1];
  return v_found;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
