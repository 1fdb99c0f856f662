-- A whole number from 0 on, out of a cursor; CR422 for what is none.
create or replace function cloakroom_private.require_count(value jsonb, field text) returns bigint
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if value is null or value #>> '{}' !~ '^[0-9]{1,18}$' then
    perform cloakroom_private.refuse_input(field, 'Expected what this list answered.');
  end if;
  return (value #>> '{}')::bigint;
end $$;
