-- The mask of a column: none where it is not sensitive, `otherwise` where none is given.
create or replace function cloakroom_private.require_mask(mask text, is_sensitive boolean, otherwise text, field text)
returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if mask is null then
    return case when is_sensitive then coalesce(otherwise, 'FULL') end;
  elsif not is_sensitive then
    perform cloakroom_private.refuse_input(field, 'Only a sensitive column has a mask.');
  elsif mask not in ('FULL', 'LAST4', 'EMAIL', 'PHONE') then
    perform cloakroom_private.refuse_input(field, 'Expected FULL, LAST4, EMAIL or PHONE.');
  end if;
  return mask;
end $$;
