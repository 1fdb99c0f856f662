-- ALWAYS: session_replication_role = replica skips ordinary triggers.
drop trigger if exists values_of_sensitive_columns_are_sealed on cloakroom.rows;
create trigger values_of_sensitive_columns_are_sealed before insert or update on cloakroom.rows
  for each row execute function cloakroom_private.seal_row();
alter table cloakroom.rows enable always trigger values_of_sensitive_columns_are_sealed;
