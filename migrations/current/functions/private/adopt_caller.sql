-- Takes over the session of a caller who signed in with Supabase Auth, and makes their profile at their very first call.
-- The caller's user id, which is their id there; null where nobody can be taken over. Of first calls that come at once
-- one does it and the others wait.
create or replace function cloakroom_private.adopt_caller() returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_person cloakroom.users := cloakroom_private.adoptable_caller();
begin
  if v_person.id is null then
    return null;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('cloakroom.adoption:' || v_person.id, 0));
  v_person := cloakroom_private.adoptable_caller();
  if v_person.id is not null then
    if v_person.data_key_id is null then
      v_person := cloakroom_private.adopt_user(v_person.id, cloakroom_private.claim('phone'));
    end if;
    -- When they last proved who they are is not known: step-up asks them.
    perform cloakroom_private.make_session(cloakroom_private.claimed_id('session_id'), v_person, true, null, null);
  end if;
  return cloakroom_private.caller_id();
end $$;
