-- A Fernet token (github.com/fernet/spec) of the plaintext under a 32-byte key: version, big-endian seconds since 1970,
-- iv, AES-128-CBC ciphertext, HMAC-SHA256; URL-safe base64 with padding. Only fernet_encrypt may choose iv and time;
-- they are arguments so that the published vectors can be checked.
create or replace function cloakroom_private.fernet_token(plaintext bytea, key bytea, iv bytea, issued_at bigint)
returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_signed bytea;
begin
  -- pgcrypto would pad a shorter key in silence.
  if key is null or octet_length(key) <> 32 or octet_length(iv) is distinct from 16 then
    raise exception 'A sealing key must be 32 bytes.' using errcode = 'CR500';
  end if;
  v_signed := '\x80'::bytea || int8send(issued_at) || iv
    || extensions.encrypt_iv(plaintext, substr(key, 17, 16), iv, 'aes-cbc/pad:pkcs');
  return replace(replace(replace(
    encode(v_signed || extensions.hmac(v_signed, substr(key, 1, 16), 'sha256'), 'base64'),
    E'\n', ''), '+', '-'), '/', '_');
end $$;
