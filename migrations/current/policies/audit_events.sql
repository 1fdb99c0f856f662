alter table cloakroom.audit_events enable row level security;
alter table cloakroom.audit_events force row level security;

drop policy if exists "members read their log" on cloakroom.audit_events;
drop policy if exists "members read their log, people what they did" on cloakroom.audit_events;
drop policy if exists "members read their log, people and the server what they did" on cloakroom.audit_events;
-- The server for a minute, in which it finds the event of what it asks for once more.
create policy "members read their log, people and the server what they did" on cloakroom.audit_events for select to cloakroom_owner
  using (organization_id = any ((select cloakroom_private.caller_organizations())::uuid[])
    or actor_id = (select cloakroom_private.caller_id())
    or ((select cloakroom_private.is_service()) and actor_id is null and occurred_at > now() - interval '1 minute'));

drop policy if exists "members add to their log" on cloakroom.audit_events;
drop policy if exists "members add to their log, the server to all" on cloakroom.audit_events;
create policy "members add to their log, the server to all" on cloakroom.audit_events for insert to cloakroom_owner
  with check ((select cloakroom_private.is_service()) or organization_id = any ((select cloakroom_private.caller_organizations())::uuid[]));
