alter table cloakroom.columns enable row level security;
alter table cloakroom.columns force row level security;

drop policy if exists "members reach their columns" on cloakroom.columns;
drop policy if exists "the server finishes conversions" on cloakroom.columns;
drop policy if exists "members reach their columns, the server those it converts" on cloakroom.columns;
create policy "members reach their columns, the server those it converts" on cloakroom.columns for all to cloakroom_owner
  using ((select cloakroom_private.is_service()) or organization_id = any ((select cloakroom_private.caller_organizations())::uuid[]));

drop policy if exists "the guard reads what is sensitive" on cloakroom.columns;
create policy "the guard reads what is sensitive" on cloakroom.columns for select to cloakroom_guard
  using (true);
