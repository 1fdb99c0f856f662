-- Refuses a page of fewer than 1 or more than 500.
create or replace function cloakroom_private.require_page_size(first integer) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if first is null or first not between 1 and 500 then
    perform cloakroom_private.refuse_input('first', 'A page has 1 to 500.');
  end if;
end $$;
