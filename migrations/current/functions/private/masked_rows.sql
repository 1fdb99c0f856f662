-- Rows of one table as they are shown, in order of creation. `values` loses every sensitive column before the masks go
-- in, so that a plaintext that has not been sealed yet cannot show; api/rows.sql does the same for pages.
create or replace function cloakroom_private.masked_rows(table_id uuid, ids uuid[]) returns setof cloakroom_api.data_row
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  v_hidden text[];
  v_converting jsonb;
begin
  select array_agg(c.id::text), jsonb_object_agg(c.id, c.mask) filter (where c.conversion is not null)
    into v_hidden, v_converting
  from cloakroom.columns c where c.table_id = masked_rows.table_id and c.is_sensitive;
  return query
    select r.id, r.table_id,
      case
        when v_hidden is null then r."values"
        when v_converting is null then (r."values" - v_hidden) || r.masks
        else (r."values" - v_hidden) || r.masks || cloakroom_private.masks_of_plain_cells(r."values", v_converting)
      end,
      r.version, r.created_at, r.updated_at, r.sequence
    from cloakroom.rows r
    where r.id = any (masked_rows.ids) and r.table_id = masked_rows.table_id
    order by r.sequence;
end $$;
