-- The signed-in user; CR401 without a live session.
create or replace function cloakroom_api.me() returns cloakroom_api.profile
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_user_id uuid := cloakroom_private.require_caller();
  v_profile cloakroom_api.profile;
begin
  select (cloakroom_private.profile_row(u)).* into v_profile from cloakroom.users u where u.id = v_user_id;
  -- The session may end between the two: then policies show nobody.
  if not found then
    raise exception 'Sign in first.' using errcode = 'CR401';
  end if;
  return v_profile;
end $$;
