alter table cloakroom.codes_by_country enable row level security;
alter table cloakroom.codes_by_country force row level security;

drop policy if exists "only the server counts codes" on cloakroom.codes_by_country;
create policy "only the server counts codes" on cloakroom.codes_by_country for all to cloakroom_owner
  using ((select cloakroom_private.is_service()));
