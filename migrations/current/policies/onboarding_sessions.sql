alter table cloakroom.onboarding_sessions enable row level security;
alter table cloakroom.onboarding_sessions force row level security;

drop policy if exists "people reach their own onboarding" on cloakroom.onboarding_sessions;
create policy "people reach their own onboarding" on cloakroom.onboarding_sessions for all to cloakroom_owner
  using (user_id = (select cloakroom_private.caller_id()));
