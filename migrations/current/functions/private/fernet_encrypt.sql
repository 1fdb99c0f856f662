-- Encrypts a text under a 32-byte Fernet key; null stays null. Any other key is refused with CR500.
create or replace function cloakroom_private.fernet_encrypt(plaintext text, key bytea) returns text
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  if plaintext is null then
    return null;
  end if;
  return cloakroom_private.fernet_token(
    convert_to(plaintext, 'UTF8'), key, extensions.gen_random_bytes(16),
    floor(extract(epoch from clock_timestamp()))::bigint
  );
end $$;
