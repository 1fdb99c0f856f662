-- The successor that a rotated refresh token was given: derived from the token by a refresh, from its hash by a fresh code.
create or replace function cloakroom_private.successor_given(refresh_token text, token_hash bytea) returns text
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  select s.token
  from (values
    (cloakroom_private.base64url(cloakroom_private.lookup_hash('refresh', successor_given.refresh_token))),
    (cloakroom_private.successor_of_hash(successor_given.token_hash))
  ) as s(token)
  join cloakroom.refresh_tokens t on t.token_hash = sha256(convert_to(s.token, 'UTF8'))
  where t.parent_hash = successor_given.token_hash
$$;
