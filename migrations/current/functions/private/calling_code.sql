-- The country calling code of a phone in E.164, which is what its mask shows; null for anything else.
create or replace function cloakroom_private.calling_code(phone text) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select substring(cloakroom_private.mask(calling_code.phone, 'PHONE') from '^\+([0-9]+)')
$$;
