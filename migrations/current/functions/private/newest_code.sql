-- The newest code of a phone, dead or alive.
create or replace function cloakroom_private.newest_code(phone_hash bytea) returns uuid
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select c.id from cloakroom.verification_codes c where c.phone_hash = newest_code.phone_hash
  order by c.created_at desc limit 1
$$;
