alter table cloakroom.relay_inbox enable row level security;
alter table cloakroom.relay_inbox force row level security;

drop policy if exists "only the relay reaches its inbox" on cloakroom.relay_inbox;
create policy "only the relay reaches its inbox" on cloakroom.relay_inbox for all to cloakroom_owner
  using (cloakroom_private.is_service());
