-- The bytes with which a secret signs: of Standard Webhooks what its base64 holds, null where it is none of 24 to 64 bytes;
-- elsewhere the secret's own, prefix and all.
create or replace function cloakroom_private.webhook_key(secret text, style text) returns bytea
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_base64 text := rtrim(substr(secret, 7), '=');
  v_key bytea;
begin
  if style <> 'STANDARD' then
    return convert_to(secret, 'UTF8');
  end if;
  if secret !~ '^whsec_[A-Za-z0-9+/]{32,86}={0,2}$' or length(v_base64) % 4 = 1
    or secret like '%=' and length(substr(secret, 7)) % 4 <> 0 then
    return null;
  end if;
  v_key := decode(rpad(v_base64, (length(v_base64) + 3) / 4 * 4, '='), 'base64');
  -- Written back it must be the same text: one key, one spelling.
  return case when rtrim(replace(encode(v_key, 'base64'), E'\n', ''), '=') = v_base64 then v_key end;
end $$;
