-- Refuses a caller whose session has not had a one-time code lately: CR403 with REAUTHENTICATE, while
-- settings.reveal_max_auth_age_seconds is more than 0. A session that never had one is refused too. A fresh code, confirmed
-- on the same session, lets the same call through. Nothing of the refusal is recorded.
create or replace function cloakroom_private.require_recent_code() returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if exists (
    select from cloakroom.settings l
    where l.reveal_max_auth_age_seconds > 0 and not exists (
      select from cloakroom.sessions s
      where s.id = cloakroom_private.claim('session_id')::uuid
        and s.authenticated_at > now() - l.reveal_max_auth_age_seconds * interval '1 second')
  ) then
    raise exception 'Your last code is too long ago for this: confirm a fresh one, then try again.'
      using errcode = 'CR403', detail = 'REAUTHENTICATE';
  end if;
end $$;
