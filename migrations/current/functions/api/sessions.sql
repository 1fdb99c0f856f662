-- The live sessions of the caller, newest first.
create or replace function cloakroom_api.sessions() returns setof cloakroom_api.session
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_user_id uuid;
begin
  v_user_id := cloakroom_private.require_caller();
  return query
    select r.* from cloakroom.sessions s,
      cloakroom_private.session_row(s, s.id = cloakroom_private.claim('session_id')::uuid) r
    where s.user_id = v_user_id and s.revoked_at is null and s.expires_at > now()
      and s.last_used_at > now() - s.idle_limit
    order by s.created_at desc, s.id;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
end $$;
