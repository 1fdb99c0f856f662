-- The JSON text of a signed body, without the byte order mark that some put before it. CR422, which quotes nothing, for
-- what is no JSON value that every reader can take, and for null, which is no payload.
create or replace function cloakroom_private.webhook_text(body bytea) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_text text;
  v_value jsonb;
begin
  begin
    v_text := regexp_replace(convert_from(body, 'UTF8'), '^\ufeff', '');
    v_value := v_text::jsonb;
  exception when data_exception or statement_too_complex or program_limit_exceeded then
    v_value := null;
  end;
  if v_value is null then
    perform cloakroom_private.refuse_input(
      'body', 'The body must be JSON in UTF-8, without NUL and without half a surrogate pair.');
  elsif v_value = 'null' then
    perform cloakroom_private.refuse_input('body', 'The body must not be null.');
  elsif not cloakroom_private.is_readable_json(v_value) then
    perform cloakroom_private.refuse_input('body', 'The body may be nested 50 deep, and hold numbers that fit a double.');
  end if;
  return v_text;
end $$;
