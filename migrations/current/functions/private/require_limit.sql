-- A limit out of a JSON value: a whole number from 1 on, or null for none.
create or replace function cloakroom_private.require_limit(value jsonb, field text) returns integer
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if value is null or value = 'null' then
    return null;
  elsif jsonb_typeof(value) <> 'number' or value::numeric not between 1 and 2147483647 or value::numeric % 1 <> 0 then
    perform cloakroom_private.refuse_input(field, 'This must be a whole number from 1 to 2147483647, or null for no limit.');
  end if;
  return value::numeric::integer;
end $$;
