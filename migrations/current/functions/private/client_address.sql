-- The client's IP address as the dispatcher passed it; null for direct callers.
create or replace function cloakroom_private.client_address() returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return nullif(current_setting('cloakroom.client_address', true), '');
end $$;
