alter table cloakroom.threads enable row level security;
alter table cloakroom.threads force row level security;

drop policy if exists "only the server reaches threads" on cloakroom.threads;
create policy "only the server reaches threads" on cloakroom.threads for all to cloakroom_owner
  using (cloakroom_private.is_service());
