-- Adds a column given as {name, type, sensitive, mask, required, options} at the end of a table. `field` is the path of
-- what is given. Call it under the exclusive rows_lock.
create or replace function cloakroom_private.insert_column(this_table cloakroom.tables, given jsonb, field text)
returns cloakroom.columns
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_shape constant jsonb := jsonb '{"name": "string", "type": "string", "sensitive": "boolean",
    "mask": "string", "required": "boolean", "options": "array"}';
  v_column cloakroom.columns;
begin
  perform cloakroom_private.require_shape(given, v_shape, field);
  select count(*) into v_column.position from cloakroom.columns c where c.table_id = this_table.id;
  if v_column.position >= 200 then
    perform cloakroom_private.refuse_input(field, 'A table has at most 200 columns.');
  end if;
  v_column.name := cloakroom_private.require_text(given ->> 'name', 200, field || '.name');
  v_column.type := given ->> 'type';
  if cloakroom_private.is_column_type(v_column.type) is not true then
    perform cloakroom_private.refuse_input(field || '.type', 'There is no such column type.');
  end if;
  v_column.is_sensitive := coalesce(given -> 'sensitive' = 'true', false);
  v_column.mask := cloakroom_private.require_mask(given ->> 'mask', v_column.is_sensitive, null, field || '.mask');
  v_column.options := cloakroom_private.require_options(given -> 'options', v_column.type, field || '.options');
  v_column.is_required := coalesce(given -> 'required' = 'true', false);
  insert into cloakroom.columns (table_id, organization_id, name, type, is_sensitive, mask, is_required, options, position)
  values (this_table.id, this_table.organization_id, v_column.name, v_column.type, v_column.is_sensitive, v_column.mask,
    v_column.is_required, v_column.options, v_column.position)
  on conflict do nothing returning * into v_column;
  if not found then
    perform cloakroom_private.refuse_taken_name('column', field || '.name');
  end if;
  return v_column;
end $$;
