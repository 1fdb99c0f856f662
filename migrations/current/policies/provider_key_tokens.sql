alter table cloakroom.provider_key_tokens enable row level security;
alter table cloakroom.provider_key_tokens force row level security;

drop policy if exists "members and the server reach the tokens of provider keys" on cloakroom.provider_key_tokens;
create policy "members and the server reach the tokens of provider keys" on cloakroom.provider_key_tokens for all to cloakroom_owner
  using ((select cloakroom_private.is_service()) or organization_id = any ((select cloakroom_private.caller_organizations())::uuid[]));
