-- What is known of the caller beside their profile: traits, the profile drawn from them, onboarding.
create or replace function cloakroom_api.person() returns cloakroom_api.person
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_user_id uuid;
  v_user cloakroom.users;
  v_key bytea;
  v_person cloakroom_api.person;
begin
  v_user_id := cloakroom_private.require_caller();
  select * into v_user from cloakroom.users u where u.id = v_user_id;
  -- In one statement, which sees user and key or, once the account is deleted, neither.
  select cloakroom_private.data_key(u.data_key_id) into v_key from cloakroom.users u where u.id = v_user_id;
  if not found then
    raise exception 'Sign in first.' using errcode = 'CR401';
  end if;
  v_person.user_traits := cloakroom_private.traits_of(v_user_id, v_key);
  v_person.onboarding := cloakroom_private.onboarding_of(v_user, cloakroom_private.onboarding_answers(v_user_id, v_key));
  v_person.trait_profile := cloakroom_private.trait_profile_of(
    v_user_id, v_person.user_traits, (v_person.onboarding).completed_at);
  return v_person;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
