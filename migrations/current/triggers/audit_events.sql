-- ALWAYS: session_replication_role = replica skips ordinary triggers.
drop trigger if exists the_log_only_grows on cloakroom.audit_events;
create trigger the_log_only_grows before update or delete on cloakroom.audit_events
  for each row execute function cloakroom_private.refuse_change();
alter table cloakroom.audit_events enable always trigger the_log_only_grows;
drop trigger if exists the_log_is_never_emptied on cloakroom.audit_events;
create trigger the_log_is_never_emptied before truncate on cloakroom.audit_events
  for each statement execute function cloakroom_private.refuse_change();
alter table cloakroom.audit_events enable always trigger the_log_is_never_emptied;
