alter table cloakroom.integration_uses enable row level security;
alter table cloakroom.integration_uses force row level security;

drop policy if exists "members and the server reach uses of integrations" on cloakroom.integration_uses;
create policy "members and the server reach uses of integrations" on cloakroom.integration_uses for all to cloakroom_owner
  using ((select cloakroom_private.is_service()) or organization_id = any ((select cloakroom_private.caller_organizations())::uuid[]));
