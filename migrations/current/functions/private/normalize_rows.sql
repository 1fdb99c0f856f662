-- Rows given as {column id: value} as the table keeps them, in the order given; null values are left out. CR422 for what
-- is no object, a key that is no column of the table, and a value that its column does not take. `path` is the rows'
-- own path with %s for their number from 0: `input.rows.%s`.
create or replace function cloakroom_private.normalize_rows(table_id uuid, given jsonb, path text) returns jsonb[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_rows jsonb[];
begin
  perform cloakroom_private.refuse_misshapen_rows(table_id, given, path);
  select array_agg(n.cells order by n.number) into v_rows
  from (
    select g.number, coalesce(jsonb_object_agg(e.key, cloakroom_private.normalize_value(
        case when c.is_sensitive then cloakroom_private.refuse_mask(e.value, g.field || e.key) else e.value end,
        c.type, c.options, g.field || e.key)) filter (where e.value <> 'null'), '{}') as cells
    from (
      select r.value, r.number, format(path, r.number - 1) || '.' as field
      from jsonb_array_elements(given) with ordinality r(value, number) offset 0 -- else once a cell
    ) g
    left join lateral jsonb_each(g.value) e on true
    left join cloakroom.columns c on c.table_id = normalize_rows.table_id and c.id::text = e.key
    group by g.number
  ) n;
  return coalesce(v_rows, '{}');
end $$;
