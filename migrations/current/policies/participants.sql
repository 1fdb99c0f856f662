alter table cloakroom.participants enable row level security;
alter table cloakroom.participants force row level security;

drop policy if exists "participants and the relay reach participants" on cloakroom.participants;
create policy "participants and the relay reach participants" on cloakroom.participants for all to cloakroom_owner
  using ((select cloakroom_private.is_service()) or conversation_id = any ((select cloakroom_private.caller_conversations())::uuid[]));

drop policy if exists "the guard reads participants" on cloakroom.participants;
create policy "the guard reads participants" on cloakroom.participants for select to cloakroom_guard
  using (true);
