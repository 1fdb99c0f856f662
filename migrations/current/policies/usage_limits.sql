alter table cloakroom.usage_limits enable row level security;
alter table cloakroom.usage_limits force row level security;

drop policy if exists "members reach their limits" on cloakroom.usage_limits;
create policy "members reach their limits" on cloakroom.usage_limits for all to cloakroom_owner
  using (organization_id = any ((select cloakroom_private.caller_organizations())::uuid[]));
