-- Ends one live session of the caller, the present one where `session_id` is left out; CR404 for any other.
create or replace function cloakroom_api.revoke_session(session_id uuid default null) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_user_id uuid;
begin
  v_user_id := cloakroom_private.require_caller();
  update cloakroom.sessions s set revoked_at = now()
  where s.id = coalesce(revoke_session.session_id, cloakroom_private.claim('session_id')::uuid)
    and s.user_id = v_user_id and s.revoked_at is null and s.expires_at > now()
    and s.last_used_at > now() - s.idle_limit;
  if not found then
    perform cloakroom_private.not_found();
  end if;
  return true;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
