-- The Fernet key of one place, such as `cell:<row id>:<column id>`. Fernet has no associated data, so it is the key
-- that ties a token to where it stands: copied elsewhere, it does not open.
create or replace function cloakroom_private.place_key(data_key bytea, place text) returns bytea
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if data_key is null or octet_length(data_key) <> 32 or place is null or place = '' then
    raise exception 'A sealing key must be 32 bytes, and its place must be named.' using errcode = 'CR500';
  end if;
  return extensions.hmac(convert_to(place, 'UTF8'), data_key, 'sha256');
end $$;
