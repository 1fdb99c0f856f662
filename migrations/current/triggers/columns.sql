drop trigger if exists sensitivity_changes_by_conversion on cloakroom.columns;
create trigger sensitivity_changes_by_conversion before update on cloakroom.columns
  for each row execute function cloakroom_private.check_column_change();
alter table cloakroom.columns enable always trigger sensitivity_changes_by_conversion;
