alter table cloakroom.audit_heads enable row level security;
alter table cloakroom.audit_heads force row level security;

drop policy if exists "members reach the head of their log" on cloakroom.audit_heads;
create policy "members reach the head of their log" on cloakroom.audit_heads for all to cloakroom_owner
  using (organization_id = any ((select cloakroom_private.caller_organizations())::uuid[]));

drop policy if exists "the server reaches the heads of logs" on cloakroom.audit_heads;
create policy "the server reaches the heads of logs" on cloakroom.audit_heads for all to cloakroom_owner
  using ((select cloakroom_private.is_service()));
