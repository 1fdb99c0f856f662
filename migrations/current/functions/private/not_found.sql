-- One answer for what does not exist and for what belongs to strangers.
create or replace function cloakroom_private.not_found() returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'Not found.' using errcode = 'CR404';
end $$;
