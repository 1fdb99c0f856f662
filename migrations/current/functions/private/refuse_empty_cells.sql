-- Refuses normalized rows that lack a value in a required column; of rows being updated only the cells that are cleared
-- are asked for, which `cleared` names (null for new rows).
create or replace function cloakroom_private.refuse_empty_cells(
  table_id uuid, given jsonb[], path text, cleared text[] default null
) returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_field text;
  v_name text;
begin
  select format(path, g.number - 1) || '.' || c.id, c.name into v_field, v_name
  from cloakroom.columns c, unnest(given) with ordinality g(cells, number)
  where c.table_id = refuse_empty_cells.table_id and c.is_required and not g.cells ? c.id::text
    and (cleared is null or c.id::text = any (cleared))
  order by g.number, c.position limit 1;
  if found then
    perform cloakroom_private.refuse_input(v_field, format('The column "%s" must have a value.', v_name));
  end if;
end $$;
