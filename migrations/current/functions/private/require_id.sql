-- An id out of a cursor; CR422 for what is none.
create or replace function cloakroom_private.require_id(value text, field text) returns uuid
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if value is null or value !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
    perform cloakroom_private.refuse_input(field, 'Expected what this list answered.');
  end if;
  return value::uuid;
end $$;
