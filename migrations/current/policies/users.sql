alter table cloakroom.users enable row level security;
alter table cloakroom.users force row level security;

drop policy if exists "people read themselves and their colleagues" on cloakroom.users;
create policy "people read themselves and their colleagues" on cloakroom.users for select to cloakroom_owner
  using (id = (select cloakroom_private.caller_id()) or cloakroom_private.is_service() or cloakroom_private.shares_organization(id));

drop policy if exists "only the server makes users" on cloakroom.users;
drop policy if exists "the server makes users, Supabase Auth at their first call" on cloakroom.users;
create policy "the server makes users, Supabase Auth at their first call" on cloakroom.users for insert to cloakroom_owner
  with check (cloakroom_private.is_service() or id = (cloakroom_private.adoptable_caller()).id);

drop policy if exists "people change only themselves" on cloakroom.users;
create policy "people change only themselves" on cloakroom.users for update to cloakroom_owner
  using (id = (select cloakroom_private.caller_id()) or cloakroom_private.is_service());

drop policy if exists "the guard reads users" on cloakroom.users;
create policy "the guard reads users" on cloakroom.users for select to cloakroom_guard
  using (true);

drop policy if exists "people delete themselves" on cloakroom.users;
create policy "people delete themselves" on cloakroom.users for delete to cloakroom_owner
  using (id = (select cloakroom_private.caller_id()));
