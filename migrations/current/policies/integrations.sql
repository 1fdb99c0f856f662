alter table cloakroom.integrations enable row level security;
alter table cloakroom.integrations force row level security;

drop policy if exists "members and the server reach integrations" on cloakroom.integrations;
create policy "members and the server reach integrations" on cloakroom.integrations for all to cloakroom_owner
  using ((select cloakroom_private.is_service()) or organization_id = any ((select cloakroom_private.caller_organizations())::uuid[]));
