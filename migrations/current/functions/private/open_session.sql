-- Begins a session for somebody who has just proved who they are, and answers its first refresh token, of which only the
-- hash is kept.
create or replace function cloakroom_private.open_session(person cloakroom.users, remember_me boolean, user_agent text)
returns cloakroom_api.sign_in
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_session cloakroom.sessions := cloakroom_private.make_session(
    gen_random_uuid(), person, remember_me, user_agent, clock_timestamp());
  v_token text := cloakroom_private.base64url(extensions.gen_random_bytes(32));
begin
  insert into cloakroom.refresh_tokens (token_hash, session_id)
  values (sha256(convert_to(v_token, 'UTF8')), v_session.id);
  perform cloakroom_private.purge_sessions();
  return row('signed_in', v_token, cloakroom_private.session_row(v_session, true),
    cloakroom_private.profile_row(person))::cloakroom_api.sign_in;
end $$;
