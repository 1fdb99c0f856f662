alter table cloakroom.conversations enable row level security;
alter table cloakroom.conversations force row level security;

drop policy if exists "participants and the relay reach conversations" on cloakroom.conversations;
create policy "participants and the relay reach conversations" on cloakroom.conversations for all to cloakroom_owner
  using ((select cloakroom_private.is_service()) or id = any ((select cloakroom_private.caller_conversations())::uuid[]));
