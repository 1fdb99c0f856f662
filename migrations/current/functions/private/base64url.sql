-- Bytes as base64url without padding.
create or replace function cloakroom_private.base64url(bytes bytea) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select translate(encode(bytes, 'base64'), E'+/=\n', '-_')
$$;
