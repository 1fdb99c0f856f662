alter table cloakroom.sessions enable row level security;
alter table cloakroom.sessions force row level security;

drop policy if exists "people reach their own sessions" on cloakroom.sessions;
create policy "people reach their own sessions" on cloakroom.sessions for all to cloakroom_owner
  using (user_id = (select cloakroom_private.caller_id()) or cloakroom_private.is_service())
  -- The sessions of Supabase Auth are taken over at their first call, before which there is no caller.
  with check (user_id = (select cloakroom_private.caller_id()) or cloakroom_private.is_service()
    or (user_id = (cloakroom_private.adoptable_caller()).id and id = cloakroom_private.claimed_id('session_id')));

drop policy if exists "the guard reads sessions" on cloakroom.sessions;
create policy "the guard reads sessions" on cloakroom.sessions for select to cloakroom_guard
  using (true);

drop policy if exists "the guard notes the use of sessions" on cloakroom.sessions;
create policy "the guard notes the use of sessions" on cloakroom.sessions for update to cloakroom_guard
  using (true);
