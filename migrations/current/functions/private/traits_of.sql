-- All traits of a person, opened, by creation.
create or replace function cloakroom_private.traits_of(user_id uuid, data_key bytea) returns cloakroom_api.user_trait[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return array(
    select cloakroom_private.trait_row(t, data_key) from cloakroom.user_traits t
    where t.user_id = traits_of.user_id order by t.created_at, t.id);
end $$;
