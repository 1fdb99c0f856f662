-- The text trimmed; CR422 where it is empty or longer than `most` characters.
create or replace function cloakroom_private.require_text(value text, most integer, field text) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_text text := btrim(value, E' \t\n\r');
begin
  if v_text is null or v_text = '' then
    perform cloakroom_private.refuse_input(field, 'This must not be empty.');
  elsif length(v_text) > most then
    perform cloakroom_private.refuse_input(field, format('This must be at most %s characters.', most));
  end if;
  return v_text;
end $$;
