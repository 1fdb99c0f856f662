-- The signed-in user; CR401 without a live session.
create or replace function cloakroom_api.me() returns cloakroom_api.profile
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_user_id uuid;
  v_profile cloakroom_api.profile;
begin
  v_user_id := cloakroom_private.require_caller();
  select (cloakroom_private.profile_row(u)).* into v_profile from cloakroom.users u where u.id = v_user_id;
  -- The session may end between the two: then policies show nobody.
  if not found then
    raise exception 'Sign in first.' using errcode = 'CR401';
  end if;
  return v_profile;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
