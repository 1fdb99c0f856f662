-- Forgets up to ten sessions, and their refresh tokens with them, a day after they ended: until then an access token of
-- theirs could still be held up, and must find that its session was ended. A live session keeps every token that it
-- rotated away, however old: each must be known when somebody presents a copy of it.
create or replace function cloakroom_private.purge_sessions() returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  delete from cloakroom.sessions s where s.id in (
    select o.id from cloakroom.sessions o where least(o.expires_at, o.revoked_at) < now() - interval '1 day'
    order by least(o.expires_at, o.revoked_at) limit 10 for update skip locked)
$$;
