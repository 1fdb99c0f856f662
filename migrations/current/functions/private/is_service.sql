-- True for the server itself. Asks the role in force, which no claim can forge.
create or replace function cloakroom_private.is_service() returns boolean
language plpgsql stable set search_path = '' as $$
begin
  return current_setting('role', true) = 'service_role';
end $$;
