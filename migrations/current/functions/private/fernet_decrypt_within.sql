-- fernet_decrypt for a token that must be fresh: at most `ttl_seconds` old at `checked_at`, and not from more than a
-- minute ahead of it, as the specification allows for clocks.
create or replace function cloakroom_private.fernet_decrypt_within(
  token text, key bytea, ttl_seconds integer, checked_at timestamptz
) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_plaintext text := cloakroom_private.fernet_decrypt(token, key);
  -- Twelve characters are nine bytes: the version, then the seconds.
  v_head bytea := decode(replace(replace(substr(token, 1, 12), '-', '+'), '_', '/'), 'base64');
  v_issued_at numeric := ('x' || encode(substr(v_head, 2, 8), 'hex'))::bit(64)::bigint;
  v_now numeric := floor(extract(epoch from checked_at));
begin
  if v_issued_at + ttl_seconds < v_now or v_issued_at > v_now + 60 then
    raise exception 'A sealed value cannot be opened.' using errcode = 'CR500';
  end if;
  return v_plaintext;
end $$;
