-- The options of a column of this type: SELECT and MULTI_SELECT need 1 to 200 distinct texts of 1 to 200 characters, the
-- other types take none.
create or replace function cloakroom_private.require_options(options jsonb, type text, field text) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_given jsonb := nullif(options, 'null');
begin
  if type not in ('SELECT', 'MULTI_SELECT') then
    if v_given is not null then
      perform cloakroom_private.refuse_input(field, 'Only SELECT and MULTI_SELECT columns have options.');
    end if;
    return null;
  end if;
  if jsonb_typeof(v_given) is distinct from 'array' or jsonb_array_length(v_given) not between 1 and 200 then
    perform cloakroom_private.refuse_input(field, 'Expected a list of 1 to 200 options.');
  elsif exists (
    select from jsonb_array_elements(v_given) o
    where jsonb_typeof(o) <> 'string' or btrim(o #>> '{}', E' \t\n\r') = '' or length(o #>> '{}') > 200
  ) then
    perform cloakroom_private.refuse_input(field, 'Each option must be a text of 1 to 200 characters.');
  elsif (select count(distinct o) from jsonb_array_elements(v_given) o) < jsonb_array_length(v_given) then
    perform cloakroom_private.refuse_input(field, 'No option may stand twice.');
  end if;
  return v_given;
end $$;
