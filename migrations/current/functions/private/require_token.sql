-- A token without the white space that pasting leaves around it, null where there is none; CR422, which never quotes it,
-- where it is empty, over 16 KiB, or holds anything that no header can carry.
create or replace function cloakroom_private.require_token(token text, field text) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_token text := btrim(token, E' \t\n\r');
begin
  if v_token = '' then
    perform cloakroom_private.refuse_input(field, 'This must not be empty.');
  elsif octet_length(v_token) > 16384 then
    perform cloakroom_private.refuse_input(field, 'This must be at most 16 KiB.');
  elsif v_token !~ '^[\u0021-\u007e]+$' then
    perform cloakroom_private.refuse_input(field, 'This must be visible ASCII characters without white space.');
  end if;
  return v_token;
end $$;
