-- The 32 bytes of VAULT_ROOT_KEY, which the dispatcher sets for the length of one call. CR503 where it is missing or
-- malformed; the message never quotes it.
create or replace function cloakroom_private.root_key() returns bytea
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_key text := nullif(current_setting('cloakroom.root_key', true), '');
begin
  if v_key is null then
    raise exception 'The vault cannot be opened without VAULT_ROOT_KEY.' using errcode = 'CR503';
  end if;
  -- The 43rd character carries four bits; with others set, one key would have several spellings.
  if v_key !~ '^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]=?$' then
    raise exception 'VAULT_ROOT_KEY must be 32 bytes in URL-safe base64.' using errcode = 'CR503';
  end if;
  return decode(replace(replace(rpad(v_key, 44, '='), '-', '+'), '_', '/'), 'base64');
end $$;
