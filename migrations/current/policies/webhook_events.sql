alter table cloakroom.webhook_events enable row level security;
alter table cloakroom.webhook_events force row level security;

drop policy if exists "members and deliveries reach webhook events" on cloakroom.webhook_events;
create policy "members and deliveries reach webhook events" on cloakroom.webhook_events for all to cloakroom_owner
  using ((select cloakroom_private.is_service()) or organization_id = any ((select cloakroom_private.caller_organizations())::uuid[]));
