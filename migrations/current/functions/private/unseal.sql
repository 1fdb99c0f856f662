-- Opens what seal() made for the same place under the same data key. Null stays null; anything else is CR500.
create or replace function cloakroom_private.unseal(token text, data_key bytea, place text) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if token is null then
    return null;
  end if;
  return cloakroom_private.fernet_decrypt(token, cloakroom_private.place_key(data_key, place));
end $$;
