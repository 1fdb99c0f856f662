-- What counts as one place for hourly limits: an IPv4 address, or the /64 of an IPv6 one, whose holder has 2^64 addresses
-- to choose from. Null where the client's address is unknown.
create or replace function cloakroom_private.client_network() returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_address inet;
begin
  v_address := regexp_replace(cloakroom_private.client_address(), '^::ffff:(?=[0-9]+\.)', '', 'i')::inet;
  return host(network(set_masklen(v_address, case family(v_address) when 4 then 32 else 64 end)));
exception when invalid_text_representation then
  return cloakroom_private.client_address();
end $$;
