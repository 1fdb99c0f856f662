-- A column's new options, checked against its rows. An option that a row holds cannot go. Of a sensitive column none can
-- go while it holds any value at all: a refusal for the options in use would tell what is sealed, off the record.
create or replace function cloakroom_private.changed_options(this_column cloakroom.columns, options jsonb) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_id text := this_column.id;
  v_removed text[];
begin
  if options is null then
    return this_column.options;
  end if;
  perform cloakroom_private.require_options(options, this_column.type, 'input.options');
  v_removed := array(select o from jsonb_array_elements_text(this_column.options) o where not options ? o);
  if v_removed = '{}' then
    return options;
  end if;
  if this_column.is_sensitive then
    perform from cloakroom.rows r
    where r.table_id = this_column.table_id and (r."values" ? v_id or r.sealed ? v_id) limit 1;
  else
    perform from cloakroom.rows r where r.table_id = this_column.table_id and r."values" -> v_id ?| v_removed limit 1;
  end if;
  if found then
    perform cloakroom_private.refuse_input('input.options', case when this_column.is_sensitive
      then 'A sensitive column that holds values can gain options but lose none.'
      else 'A row holds an option that would be gone.' end);
  end if;
  return options;
end $$;
