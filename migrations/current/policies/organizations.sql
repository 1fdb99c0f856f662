alter table cloakroom.organizations enable row level security;
alter table cloakroom.organizations force row level security;

drop policy if exists "members read their organizations" on cloakroom.organizations;
create policy "members read their organizations" on cloakroom.organizations for select to cloakroom_owner
  using ((select cloakroom_private.is_service()) or id = any ((select cloakroom_private.caller_organizations())::uuid[]));

drop policy if exists "anyone founds an organization that has no members" on cloakroom.organizations;
create policy "anyone founds an organization that has no members" on cloakroom.organizations for insert to cloakroom_owner
  with check (not cloakroom_private.has_members(id));

drop policy if exists "members change their organizations" on cloakroom.organizations;
create policy "members change their organizations" on cloakroom.organizations for update to cloakroom_owner
  using (id = any ((select cloakroom_private.caller_organizations())::uuid[]));

drop policy if exists "members delete their organizations" on cloakroom.organizations;
create policy "members delete their organizations" on cloakroom.organizations for delete to cloakroom_owner
  using (id = any ((select cloakroom_private.caller_organizations())::uuid[]));
