-- The refresh token that follows on one of which only the hash is at hand: after a fresh code, see reauthenticate_session.
create or replace function cloakroom_private.successor_of_hash(token_hash bytea) returns text
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  select cloakroom_private.base64url(cloakroom_private.lookup_hash('reauthentication', encode(token_hash, 'hex')))
$$;
