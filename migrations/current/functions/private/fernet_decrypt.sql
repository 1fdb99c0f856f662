-- Opens a Fernet token; null stays null. Whatever is wrong (key, alphabet, stray bits, version, length, signature,
-- padding, encoding) is one error, CR500 with one message, since Postgres' own ones quote what they were given.
-- Never immutable: the planner would fold the call, and EXPLAIN would print the plaintext.
create or replace function cloakroom_private.fernet_decrypt(token text, key bytea) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_raw bytea;
  v_length integer;
  v_signing_key bytea := substr(key, 1, 16);
  v_padded bytea;
  v_padding integer;
  v_tail bytea;
begin
  if token is null then
    return null;
  end if;
  v_raw := decode(replace(replace(token, '-', '+'), '_', '/'), 'base64');
  v_length := octet_length(v_raw);
  -- Written back it must be the same text: nothing skipped, no second spelling of one token.
  if key is null or octet_length(key) <> 32 or v_length < 73 or (v_length - 57) % 16 <> 0 or get_byte(v_raw, 0) <> 128
    or replace(replace(replace(encode(v_raw, 'base64'), E'\n', ''), '+', '-'), '/', '_') <> token then
    raise exception 'malformed';
  end if;
  -- Signatures are compared under a hash that only the key's holder can compute, so that the time the comparison takes
  -- tells nothing of the right one.
  if extensions.hmac(substr(v_raw, v_length - 31), v_signing_key, 'sha256') <> extensions.hmac(
    extensions.hmac(substr(v_raw, 1, v_length - 32), v_signing_key, 'sha256'), v_signing_key, 'sha256') then
    raise exception 'forged';
  end if;
  v_padded := extensions.decrypt_iv(
    substr(v_raw, 26, v_length - 57), substr(key, 17, 16), substr(v_raw, 10, 16), 'aes-cbc/pad:none');
  v_padding := get_byte(v_padded, v_length - 58);
  v_tail := decode(repeat(lpad(to_hex(v_padding), 2, '0'), v_padding), 'hex');
  if v_padding not between 1 and 16 or substr(v_padded, v_length - 56 - v_padding) <> v_tail then
    raise exception 'badly padded';
  end if;
  return convert_from(substr(v_padded, 1, v_length - 57 - v_padding), 'UTF8');
exception when others then
  raise exception 'A sealed value cannot be opened.' using errcode = 'CR500';
end $$;
