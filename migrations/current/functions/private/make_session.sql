-- Begins a session under this id, from where the client is known to be. How long it may last, used and unused, is settled
-- here: settings that change later are those of later sessions.
create or replace function cloakroom_private.make_session(
  id uuid, person cloakroom.users, is_remembered boolean, user_agent text, authenticated_at timestamptz
) returns cloakroom.sessions
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_session cloakroom.sessions;
begin
  v_session.id := make_session.id;
  v_session.user_id := person.id;
  v_session.is_remembered := coalesce(make_session.is_remembered, false);
  v_session.user_agent := nullif(left(make_session.user_agent, 400), '');
  if cloakroom_private.client_address() is not null then
    v_session.ip_sealed := cloakroom_private.seal(
      cloakroom_private.client_address(), cloakroom_private.data_key(person.data_key_id),
      'session:' || v_session.id || ':ip');
  end if;
  v_session.created_at := clock_timestamp();
  v_session.last_used_at := v_session.created_at;
  v_session.authenticated_at := make_session.authenticated_at;
  select v_session.created_at + interval '1 day' * case
      when v_session.is_remembered then s.session_remember_days else s.session_days end,
    interval '1 day' * case when s.session_idle_days > 0 then s.session_idle_days else 3650 end
    into v_session.expires_at, v_session.idle_limit
  from cloakroom.settings s;
  insert into cloakroom.sessions values (v_session.*);
  return v_session;
end $$;
