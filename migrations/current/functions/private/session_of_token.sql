-- The live session to which a refresh token belongs or belonged, locked until the end of the transaction; all null where
-- there is none.
create or replace function cloakroom_private.session_of_token(token_hash bytea) returns cloakroom.sessions
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  select s.* from cloakroom.sessions s
  where s.id = (select t.session_id from cloakroom.refresh_tokens t where t.token_hash = session_of_token.token_hash)
    and s.revoked_at is null and s.expires_at > now() and s.last_used_at > now() - s.idle_limit
  for update
$$;
