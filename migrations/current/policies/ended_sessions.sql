alter table cloakroom.ended_sessions enable row level security;
alter table cloakroom.ended_sessions force row level security;

drop policy if exists "the end of a session is noted, whoever ended it" on cloakroom.ended_sessions;
create policy "the end of a session is noted, whoever ended it" on cloakroom.ended_sessions for insert to cloakroom_owner
  with check (true);

drop policy if exists "the guard reads ended sessions" on cloakroom.ended_sessions;
create policy "the guard reads ended sessions" on cloakroom.ended_sessions for select to cloakroom_guard
  using (true);
