alter table cloakroom.provider_keys enable row level security;
alter table cloakroom.provider_keys force row level security;

drop policy if exists "members reach their provider keys" on cloakroom.provider_keys;
drop policy if exists "members and the server reach provider keys" on cloakroom.provider_keys;
create policy "members and the server reach provider keys" on cloakroom.provider_keys for all to cloakroom_owner
  using ((select cloakroom_private.is_service()) or organization_id = any ((select cloakroom_private.caller_organizations())::uuid[]));
