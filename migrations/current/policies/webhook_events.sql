alter table cloakroom.webhook_events enable row level security;
alter table cloakroom.webhook_events force row level security;

drop policy if exists "members and deliveries reach webhook events" on cloakroom.webhook_events;
create policy "members and deliveries reach webhook events" on cloakroom.webhook_events for all to cloakroom_owner
  using (organization_id = any ((select cloakroom_private.caller_organizations())::uuid[])
    or (select cloakroom_private.is_service()));
