-- A user as they see themselves.
create or replace function cloakroom_private.profile_row(person cloakroom.users) returns cloakroom_api.profile
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select person.id, person.name, person.phone_mask, person.created_at
$$;
