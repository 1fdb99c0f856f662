alter table cloakroom.settings enable row level security;
alter table cloakroom.settings force row level security;

drop policy if exists "anyone reads the limits" on cloakroom.settings;
create policy "anyone reads the limits" on cloakroom.settings for select to cloakroom_owner
  using (true);

drop policy if exists "only the server sets the limits" on cloakroom.settings;
create policy "only the server sets the limits" on cloakroom.settings for update to cloakroom_owner
  using (cloakroom_private.is_service());
