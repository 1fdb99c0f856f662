-- Notes, once, when a person's onboarding was completed, and draws their profile together.
create or replace function cloakroom_private.complete_onboarding(user_id uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  update cloakroom.onboarding_sessions o set completed_at = clock_timestamp()
  where o.user_id = complete_onboarding.user_id and o.completed_at is null;
  perform cloakroom_private.draw_profile(complete_onboarding.user_id);
end $$;
