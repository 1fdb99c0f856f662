-- Refuses rows of more than 1 MiB, rows that are no objects, and keys that are no column of the table. A key is quoted
-- in the error's field only where it is a column id in form: anything else may be a value in the wrong place.
create or replace function cloakroom_private.refuse_misshapen_rows(table_id uuid, given jsonb, path text) returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_columns text[] := array(select c.id::text from cloakroom.columns c where c.table_id = refuse_misshapen_rows.table_id);
  v_field text;
  v_key text;
  v_row jsonb;
begin
  for v_field, v_row in
    select format(path, g.number - 1), g.value from jsonb_array_elements(given) with ordinality g(value, number)
  loop
    if jsonb_typeof(v_row) <> 'object' then
      perform cloakroom_private.refuse_input(v_field, 'Expected an object of column ids and values.');
    elsif octet_length(v_row::text) > 1048576 then
      perform cloakroom_private.refuse_input(v_field, 'A row may hold at most 1 MiB.');
    elsif v_row - v_columns <> '{}' then
      select k into v_key from jsonb_object_keys(v_row - v_columns) k limit 1;
      perform cloakroom_private.refuse_input(
        v_field || case when v_key ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then '.' || v_key else '' end,
        'The table has no such column.');
    end if;
  end loop;
end $$;
