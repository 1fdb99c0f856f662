alter table cloakroom.integration_flows enable row level security;
alter table cloakroom.integration_flows force row level security;

drop policy if exists "members and the server reach flows" on cloakroom.integration_flows;
create policy "members and the server reach flows" on cloakroom.integration_flows for all to cloakroom_owner
  using ((select cloakroom_private.is_service()) or organization_id = any ((select cloakroom_private.caller_organizations())::uuid[]));
