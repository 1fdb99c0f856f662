-- Ends every live session of the caller, the present one only when told; answers how many.
create or replace function cloakroom_api.revoke_all_sessions(include_current boolean default false) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_user_id uuid;
  v_ended integer;
begin
  v_user_id := cloakroom_private.require_caller();
  -- In one order, so that two such calls wait for each other and not both for both.
  with live as (
    select s.id from cloakroom.sessions s
    where s.user_id = v_user_id and s.revoked_at is null and s.expires_at > now()
      and s.last_used_at > now() - s.idle_limit
      and (coalesce(include_current, false) or s.id <> cloakroom_private.claim('session_id')::uuid)
    order by s.id for update
  )
  update cloakroom.sessions s set revoked_at = now() from live where s.id = live.id;
  get diagnostics v_ended = row_count;
  return v_ended;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
