-- Whether columns can be made of this type.
create or replace function cloakroom_private.is_column_type(type text) returns boolean
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return type in (
    'TEXT', 'LONG_TEXT', 'NUMBER', 'CURRENCY', 'PERCENT', 'BOOLEAN', 'DATE', 'DATETIME', 'EMAIL', 'PHONE', 'URL',
    'SELECT', 'MULTI_SELECT', 'JSON');
end $$;
