alter table cloakroom.messages enable row level security;
alter table cloakroom.messages force row level security;

drop policy if exists "participants and the relay reach messages" on cloakroom.messages;
create policy "participants and the relay reach messages" on cloakroom.messages for all to cloakroom_owner
  using (conversation_id = any ((select cloakroom_private.caller_conversations())::uuid[]) or cloakroom_private.is_service());
