-- The plaintext as a Fernet token that only opens at this place under this data key. Null stays null.
create or replace function cloakroom_private.seal(plaintext text, data_key bytea, place text) returns text
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  if plaintext is null then
    return null;
  end if;
  return cloakroom_private.fernet_encrypt(plaintext, cloakroom_private.place_key(data_key, place));
end $$;
