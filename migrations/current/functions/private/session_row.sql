-- A session as its owner sees it.
create or replace function cloakroom_private.session_row(session cloakroom.sessions, is_current boolean)
returns cloakroom_api.session
language sql stable set search_path = pg_catalog, pg_temp as $$
  select session.id, session.created_at, session.last_used_at, session.expires_at, session.is_remembered,
    coalesce(is_current, false), session.user_agent, cloakroom_private.mask(session.ip_sealed, 'FULL')
$$;
