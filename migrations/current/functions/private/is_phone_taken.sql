-- Whether somebody has this phone already. Owned by cloakroom_guard.
create or replace function cloakroom_private.is_phone_taken(phone_hash bytea) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return exists (select from cloakroom.users u where u.phone_hash = is_phone_taken.phone_hash);
end $$;
