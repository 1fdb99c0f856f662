-- The 32 bytes of a data key. CR500 where the vault has no such key: what was sealed under it is gone for good.
create or replace function cloakroom_private.data_key(secret_id uuid) returns bytea
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_key text := cloakroom_private.read_secret(secret_id);
begin
  if v_key !~ '^[A-Za-z0-9_-]{43}=$' then
    raise exception 'A sealed value cannot be opened.' using errcode = 'CR500';
  end if;
  return decode(replace(replace(v_key, '-', '+'), '_', '/'), 'base64');
end $$;
