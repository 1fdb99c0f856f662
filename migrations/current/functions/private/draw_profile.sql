-- Notes that a person's traits are drawn together from now on. Nothing is copied: the profile is read from the traits.
create or replace function cloakroom_private.draw_profile(user_id uuid) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  insert into cloakroom.trait_profiles (user_id) values (draw_profile.user_id) on conflict do nothing
$$;
