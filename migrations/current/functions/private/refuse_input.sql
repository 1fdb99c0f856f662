-- Refuses an argument: `field` is its dotted path, `message` a sentence that never holds the value.
create or replace function cloakroom_private.refuse_input(field text, message text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  raise exception '%', message using errcode = 'CR422', detail = field;
end $$;
