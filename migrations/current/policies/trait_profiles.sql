alter table cloakroom.trait_profiles enable row level security;
alter table cloakroom.trait_profiles force row level security;

drop policy if exists "people reach their own profile" on cloakroom.trait_profiles;
create policy "people reach their own profile" on cloakroom.trait_profiles for all to cloakroom_owner
  using (user_id = (select cloakroom_private.caller_id()));
