alter table cloakroom.tables enable row level security;
alter table cloakroom.tables force row level security;

drop policy if exists "members reach their tables" on cloakroom.tables;
create policy "members reach their tables" on cloakroom.tables for all to cloakroom_owner
  using (organization_id = any ((select cloakroom_private.caller_organizations())::uuid[]));
