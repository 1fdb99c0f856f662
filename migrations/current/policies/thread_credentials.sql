alter table cloakroom.thread_credentials enable row level security;
alter table cloakroom.thread_credentials force row level security;

drop policy if exists "only the server reaches thread credentials" on cloakroom.thread_credentials;
create policy "only the server reaches thread credentials" on cloakroom.thread_credentials for all to cloakroom_owner
  using (cloakroom_private.is_service());
