-- True for the server itself. Asks the role in force, which no claim can forge.
create or replace function cloakroom_private.is_service() returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return current_setting('role', true) = 'service_role';
end $$;
