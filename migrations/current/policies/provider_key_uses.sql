alter table cloakroom.provider_key_uses enable row level security;
alter table cloakroom.provider_key_uses force row level security;

drop policy if exists "members and the server reach uses of provider keys" on cloakroom.provider_key_uses;
create policy "members and the server reach uses of provider keys" on cloakroom.provider_key_uses for all to cloakroom_owner
  using ((select cloakroom_private.is_service()) or organization_id = any ((select cloakroom_private.caller_organizations())::uuid[]));
