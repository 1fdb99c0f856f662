alter table cloakroom.user_traits enable row level security;
alter table cloakroom.user_traits force row level security;

drop policy if exists "people reach their own traits" on cloakroom.user_traits;
create policy "people reach their own traits" on cloakroom.user_traits for all to cloakroom_owner
  using (user_id = (select cloakroom_private.caller_id()));
