-- The audit log only grows.
create or replace function cloakroom_private.refuse_change() returns trigger
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'The audit log only grows.' using errcode = 'CR403';
end $$;
