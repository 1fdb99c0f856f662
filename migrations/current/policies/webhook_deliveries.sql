alter table cloakroom.webhook_deliveries enable row level security;
alter table cloakroom.webhook_deliveries force row level security;

drop policy if exists "only deliveries reach the ids that came" on cloakroom.webhook_deliveries;
create policy "only deliveries reach the ids that came" on cloakroom.webhook_deliveries for all to cloakroom_owner
  using ((select cloakroom_private.is_service()));
