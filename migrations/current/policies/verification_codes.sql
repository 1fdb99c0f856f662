alter table cloakroom.verification_codes enable row level security;
alter table cloakroom.verification_codes force row level security;

drop policy if exists "only the server reaches codes" on cloakroom.verification_codes;
create policy "only the server reaches codes" on cloakroom.verification_codes for all to cloakroom_owner
  using ((select cloakroom_private.is_service()));
