-- The name of an outside service; CR422 for what can be none.
create or replace function cloakroom_private.require_service(service text) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if service is null or service !~ '^[a-z0-9][a-z0-9._-]{0,62}$' then
    perform cloakroom_private.refuse_input(
      'input.service', 'This must be 1 to 63 lower-case letters, digits, hyphens, dots and underscores.');
  end if;
  return service;
end $$;
