alter table cloakroom.usage_limits enable row level security;
alter table cloakroom.usage_limits force row level security;

drop policy if exists "members reach their limits" on cloakroom.usage_limits;
drop policy if exists "members and the server reach limits" on cloakroom.usage_limits;
create policy "members and the server reach limits" on cloakroom.usage_limits for all to cloakroom_owner
  using ((select cloakroom_private.is_service()) or organization_id = any ((select cloakroom_private.caller_organizations())::uuid[]));
