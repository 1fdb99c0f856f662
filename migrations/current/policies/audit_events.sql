alter table cloakroom.audit_events enable row level security;
alter table cloakroom.audit_events force row level security;

drop policy if exists "members read their log" on cloakroom.audit_events;
drop policy if exists "members read their log, people what they did" on cloakroom.audit_events;
create policy "members read their log, people what they did" on cloakroom.audit_events for select to cloakroom_owner
  using (organization_id = any ((select cloakroom_private.caller_organizations())::uuid[])
    or actor_id = (select cloakroom_private.caller_id()));

drop policy if exists "members add to their log" on cloakroom.audit_events;
drop policy if exists "members add to their log, the server to all" on cloakroom.audit_events;
create policy "members add to their log, the server to all" on cloakroom.audit_events for insert to cloakroom_owner
  with check ((select cloakroom_private.is_service()) or organization_id = any ((select cloakroom_private.caller_organizations())::uuid[]));

-- Else the server reads no log: this finds the event of what it asked for, of nobody's, by its id.
drop policy if exists "the server finds what it wrote a moment ago" on cloakroom.audit_events;
create policy "the server finds what it wrote a moment ago" on cloakroom.audit_events for select to cloakroom_owner
  using ((select cloakroom_private.is_service()) and actor_id is null and occurred_at > now() - interval '1 minute');
