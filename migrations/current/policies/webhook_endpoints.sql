alter table cloakroom.webhook_endpoints enable row level security;
alter table cloakroom.webhook_endpoints force row level security;

drop policy if exists "members and deliveries reach webhook endpoints" on cloakroom.webhook_endpoints;
create policy "members and deliveries reach webhook endpoints" on cloakroom.webhook_endpoints for all to cloakroom_owner
  using ((select cloakroom_private.is_service()) or organization_id = any ((select cloakroom_private.caller_organizations())::uuid[]));
