-- The caller's user id; CR401 without a live session. Takes over a session of Supabase Auth at its first call, binds the
-- invitations that wait for the caller's phone, and notes the session's use once a minute. Owned by cloakroom_guard.
-- Whatever reaches it is volatile: PostgREST runs other functions in transactions that cannot write.
create or replace function cloakroom_private.require_caller() returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_session uuid := cloakroom_private.claimed_id('session_id');
  v_user uuid;
  v_phone_hash bytea;
  v_is_stale boolean;
begin
  select s.user_id, u.phone_hash, s.last_used_at < now() - interval '1 minute'
    into v_user, v_phone_hash, v_is_stale
  from cloakroom.sessions s join cloakroom.users u on u.id = s.user_id
  where s.id = v_session and s.user_id = cloakroom_private.claimed_id('sub')
    and s.revoked_at is null and s.expires_at > now() and s.last_used_at > now() - s.idle_limit;
  if v_user is null then
    v_user := cloakroom_private.adopt_caller();
    if v_user is null then
      raise exception 'Sign in first.' using errcode = 'CR401';
    end if;
    select u.phone_hash into v_phone_hash from cloakroom.users u where u.id = v_user;
  end if;
  if v_is_stale then
    update cloakroom.sessions set last_used_at = now()
    where id = (select s.id from cloakroom.sessions s where s.id = v_session for update skip locked);
  end if;
  if exists (select from cloakroom.members m where m.phone_hash = v_phone_hash and m.user_id is null) then
    perform pg_advisory_xact_lock_shared(cloakroom_private.membership_lock(m.organization_id))
    from cloakroom.members m where m.phone_hash = v_phone_hash and m.user_id is null;
    update cloakroom.members m set user_id = v_user, joined_at = now()
    where m.phone_hash = v_phone_hash and m.user_id is null;
  end if;
  return v_user;
end $$;
