-- Pages of several tables' rows, masked, in order of creation: of each table up to `first` + 1 after the row of sequence
-- `after`, the last one only to say that there are more. VIEWER; other tables' rows are not there. Each sensitive column
-- leaves `values` before the masks go in, so that a plaintext that has not been sealed yet cannot show.
create or replace function cloakroom_api.rows(table_ids uuid[], first integer default 50, after bigint default null)
returns setof cloakroom_api.data_row
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB'
-- Planning anew for each page would cost more than the page.
set plan_cache_mode = force_generic_plan as $$
declare
  v_ids uuid[];
  v_after bigint;
begin
  -- A plain variable: row security keeps what is computed within the query out of the index condition.
  v_after := coalesce(rows.after, 0);
  perform cloakroom_private.require_caller();
  perform cloakroom_private.require_page_size(rows.first);
  v_ids := cloakroom_private.require_ids(rows.table_ids, 'tableIds');
  return query
    select r.id, r.table_id,
      case
        when c.hidden is null then r."values"
        when c.converting is null then (r."values" - c.hidden) || r.masks
        else (r."values" - c.hidden) || r.masks || cloakroom_private.masks_of_plain_cells(r."values", c.converting)
      end,
      r.version, r.created_at, r.updated_at, r.sequence
    from unnest(v_ids) t(id)
    cross join lateral (
      select array_agg(c.id::text) as hidden, jsonb_object_agg(c.id, c.mask) filter (where c.conversion is not null) as converting
      from cloakroom.columns c where c.table_id = t.id and c.is_sensitive
    ) c
    cross join lateral (
      select * from cloakroom.rows r where r.table_id = t.id and r.sequence > v_after
      order by r.sequence limit rows.first + 1
    ) r;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
end $$;
