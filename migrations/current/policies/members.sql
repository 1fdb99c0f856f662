alter table cloakroom.members enable row level security;
alter table cloakroom.members force row level security;

drop policy if exists "members read members" on cloakroom.members;
create policy "members read members" on cloakroom.members for select to cloakroom_owner
  using (organization_id = any ((select cloakroom_private.caller_organizations())::uuid[]));

drop policy if exists "members add members and founders themselves" on cloakroom.members;
create policy "members add members and founders themselves" on cloakroom.members for insert to cloakroom_owner
  with check (organization_id = any ((select cloakroom_private.caller_organizations())::uuid[]) or not cloakroom_private.has_members(organization_id));

drop policy if exists "members change members" on cloakroom.members;
create policy "members change members" on cloakroom.members for update to cloakroom_owner
  using (organization_id = any ((select cloakroom_private.caller_organizations())::uuid[]));

drop policy if exists "members remove members" on cloakroom.members;
create policy "members remove members" on cloakroom.members for delete to cloakroom_owner
  using (organization_id = any ((select cloakroom_private.caller_organizations())::uuid[]));

drop policy if exists "the guard reads members" on cloakroom.members;
create policy "the guard reads members" on cloakroom.members for select to cloakroom_guard
  using (true);

drop policy if exists "the guard binds invitations" on cloakroom.members;
create policy "the guard binds invitations" on cloakroom.members for update to cloakroom_guard
  using (true);
