-- The payload of a JWT as text, unverified; null for what is none.
create or replace function cloakroom_private.jwt_claims(token text) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_payload text := substring(token from '^eyJ[A-Za-z0-9_-]+\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]*$');
begin
  return convert_from(decode(rpad(translate(v_payload, '-_', '+/'), (length(v_payload) + 3) / 4 * 4, '='), 'base64'), 'UTF8');
exception when others then
  return null;
end $$;
