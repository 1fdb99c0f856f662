-- A name that a table of the organization, or a column of the table, has already; upper and lower case are one.
create or replace function cloakroom_private.refuse_taken_name(noun text, field text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'There is a % of this name already.', noun using errcode = 'CR409', detail = field;
end $$;
