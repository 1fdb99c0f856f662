-- A secret that signs in this style: the one given, to the character, or a new one of 32 random bytes where it is null.
-- CR422, which never quotes it, for one that no sender of the style would have.
create or replace function cloakroom_private.require_webhook_secret(secret text, style text) returns text
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  if secret is null then
    return case style
      when 'GITHUB' then cloakroom_private.base64url(extensions.gen_random_bytes(32))
      else 'whsec_' || encode(extensions.gen_random_bytes(32), 'base64')
    end;
  end if;
  if style = 'STANDARD' and cloakroom_private.webhook_key(secret, style) is null then
    perform cloakroom_private.refuse_input(
      'input.secret', 'A secret of Standard Webhooks is whsec_ and the base64 of 24 to 64 bytes.');
  elsif length(secret) < 16 or octet_length(secret) > 512 then
    perform cloakroom_private.refuse_input('input.secret', 'This must be at least 16 characters, and at most 512 bytes.');
  elsif secret ~ '[\u0001-\u001f\u007f-\u009f]' or secret <> btrim(secret, U&' \00a0\2028\2029\3000\feff') then
    perform cloakroom_private.refuse_input(
      'input.secret', 'This must have no control characters, and no white space around it.');
  end if;
  return secret;
end $$;
