-- A provider's API key without the white space that pasting leaves around it; CR422, which never quotes it, where it is
-- empty, over 8 KiB, no key for calling models but something else that is known by its shape, or has characters that no
-- header carries: every request with it would fail.
create or replace function cloakroom_private.require_api_key(api_key text) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_key text := btrim(api_key, E' \t\n\r');
  v_shape record;
begin
  if coalesce(v_key, '') = '' then
    perform cloakroom_private.refuse_input('input.apiKey', 'This must not be empty.');
  elsif octet_length(v_key) > 8192 then
    perform cloakroom_private.refuse_input('input.apiKey', 'This must be at most 8 KiB.');
  end if;
  v_shape := cloakroom_private.key_shape(v_key);
  if v_shape.advice is not null then
    perform cloakroom_private.refuse_input('input.apiKey', format(
      'This looks like %s, which is no key for calling a model provider. %s', v_shape.looks_like, v_shape.advice));
  elsif v_key !~ '^[\u0021-\u007e]+$' then
    perform cloakroom_private.refuse_input(
      'input.apiKey', 'This must be visible ASCII characters without white space.');
  end if;
  return v_key;
end $$;
