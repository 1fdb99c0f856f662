-- A fresh code for a session that lives already: the same session, with its end and its place in the list, counts as just
-- authenticated. Its live refresh token is rotated: the successor does not follow from the token, which nobody sent, but
-- from its hash, so that whoever still holds the token (another window; this answer was lost) is led to the same one.
-- Null, and nothing happens, where the session is not this person's or has ended.
create or replace function cloakroom_private.reauthenticate_session(person cloakroom.users, session_id uuid)
returns cloakroom_api.sign_in
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_session cloakroom.sessions;
  v_parent bytea;
  v_token text;
begin
  update cloakroom.sessions s set authenticated_at = clock_timestamp(), last_used_at = clock_timestamp()
  where s.id = reauthenticate_session.session_id and s.user_id = person.id and s.revoked_at is null
    and s.expires_at > now() and s.last_used_at > now() - s.idle_limit
  returning * into v_session;
  if v_session.id is null then
    return null;
  end if;
  update cloakroom.refresh_tokens t set rotated_at = clock_timestamp()
  where t.session_id = v_session.id and t.rotated_at is null
  returning t.token_hash into v_parent;
  v_token := case when v_parent is null then cloakroom_private.base64url(extensions.gen_random_bytes(32))
    else cloakroom_private.successor_of_hash(v_parent) end;
  insert into cloakroom.refresh_tokens (token_hash, session_id, parent_hash)
  values (sha256(convert_to(v_token, 'UTF8')), v_session.id, v_parent);
  return row('signed_in', v_token, cloakroom_private.session_row(v_session, true),
    cloakroom_private.profile_row(person))::cloakroom_api.sign_in;
end $$;
