-- ALWAYS: session_replication_role = replica skips ordinary triggers.
drop trigger if exists ended_sessions_are_remembered on cloakroom.sessions;
create trigger ended_sessions_are_remembered after delete on cloakroom.sessions
  for each row execute function cloakroom_private.remember_ended_session();
alter table cloakroom.sessions enable always trigger ended_sessions_are_remembered;
