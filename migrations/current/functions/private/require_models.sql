-- The models that may be used out of a JSON value, each once: a list of names, or of beginnings with a * behind them, or
-- null for all.
create or replace function cloakroom_private.require_models(value jsonb, field text) returns text[]
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if value is null or value = 'null' then
    return null;
  elsif jsonb_typeof(value) <> 'array' then
    perform cloakroom_private.refuse_input(field, 'Expected a list.');
  elsif jsonb_array_length(value) not between 1 and 200 then
    perform cloakroom_private.refuse_input(field, 'Name 1 to 200 models, or null for all.');
  elsif exists (
    select from jsonb_array_elements(value) m(name)
    where jsonb_typeof(m.name) <> 'string' or m.name #>> '{}' !~ '^[\u0021-\u007e]{1,200}$'
      or m.name #>> '{}' ~ '\*.'
  ) then
    perform cloakroom_private.refuse_input(field,
      'A model has 1 to 200 visible ASCII characters without white space; a * may stand at the end.');
  end if;
  return array(select m.name from jsonb_array_elements_text(value) with ordinality m(name, place)
    group by m.name order by min(m.place));
end $$;
