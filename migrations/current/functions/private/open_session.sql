-- Begins a session and answers its first refresh token, of which only the hash is kept. How long it may last, used and
-- unused, is settled here: settings that change later are those of later sessions.
create or replace function cloakroom_private.open_session(person cloakroom.users, remember_me boolean, user_agent text)
returns cloakroom_api.sign_in
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_session cloakroom.sessions;
  v_token text := cloakroom_private.base64url(extensions.gen_random_bytes(32));
begin
  v_session.id := gen_random_uuid();
  v_session.user_id := person.id;
  v_session.is_remembered := coalesce(remember_me, false);
  v_session.user_agent := nullif(left(open_session.user_agent, 400), '');
  if cloakroom_private.client_address() is not null then
    v_session.ip_sealed := cloakroom_private.seal(
      cloakroom_private.client_address(), cloakroom_private.data_key(person.data_key_id),
      'session:' || v_session.id || ':ip');
  end if;
  v_session.created_at := clock_timestamp();
  v_session.last_used_at := v_session.created_at;
  v_session.authenticated_at := v_session.created_at;
  select v_session.created_at + interval '1 day' * case
      when v_session.is_remembered then s.session_remember_days else s.session_days end,
    interval '1 day' * case when s.session_idle_days > 0 then s.session_idle_days else 3650 end
    into v_session.expires_at, v_session.idle_limit
  from cloakroom.settings s;
  insert into cloakroom.sessions values (v_session.*);
  insert into cloakroom.refresh_tokens (token_hash, session_id)
  values (sha256(convert_to(v_token, 'UTF8')), v_session.id);
  perform cloakroom_private.purge_sessions();
  return row('signed_in', v_token, cloakroom_private.session_row(v_session, true),
    cloakroom_private.profile_row(person))::cloakroom_api.sign_in;
end $$;
