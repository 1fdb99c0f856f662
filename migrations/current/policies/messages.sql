alter table cloakroom.messages enable row level security;
alter table cloakroom.messages force row level security;

drop policy if exists "participants and the relay reach messages" on cloakroom.messages;
create policy "participants and the relay reach messages" on cloakroom.messages for all to cloakroom_owner
  using (
    cloakroom_private.is_service()
    or exists (
      select from cloakroom.participants p
      where p.conversation_id = messages.conversation_id
        and p.handle_hash = (select cloakroom_private.caller_phone_hash())
        and messages.sent_at < coalesce(p.left_at, 'infinity')));
