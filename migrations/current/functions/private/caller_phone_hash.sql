-- The keyed hash of the caller's phone, by which their conversations are found. Owned by cloakroom_guard.
create or replace function cloakroom_private.caller_phone_hash() returns bytea
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (select u.phone_hash from cloakroom.users u where u.id = cloakroom_private.caller_id());
end $$;
