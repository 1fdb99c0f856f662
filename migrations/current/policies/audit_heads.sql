alter table cloakroom.audit_heads enable row level security;
alter table cloakroom.audit_heads force row level security;

drop policy if exists "members reach the head of their log" on cloakroom.audit_heads;
drop policy if exists "members reach the head of their log, the server all" on cloakroom.audit_heads;
create policy "members reach the head of their log, the server all" on cloakroom.audit_heads for all to cloakroom_owner
  using ((select cloakroom_private.is_service()) or organization_id = any ((select cloakroom_private.caller_organizations())::uuid[]));
