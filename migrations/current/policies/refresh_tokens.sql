alter table cloakroom.refresh_tokens enable row level security;
alter table cloakroom.refresh_tokens force row level security;

drop policy if exists "only the server reaches refresh tokens" on cloakroom.refresh_tokens;
create policy "only the server reaches refresh tokens" on cloakroom.refresh_tokens for all to cloakroom_owner
  using (cloakroom_private.is_service());
