-- The traits drawn together: null until onboarding is complete or a trait was set by itself, and from then on as the
-- traits are.
create or replace function cloakroom_private.trait_profile_of(
  user_id uuid, traits cloakroom_api.user_trait[], completed_at timestamptz
) returns cloakroom_api.trait_profile
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_profile cloakroom_api.trait_profile;
begin
  v_profile.updated_at := coalesce(
    (select p.drawn_at from cloakroom.trait_profiles p where p.user_id = trait_profile_of.user_id), completed_at);
  if v_profile.updated_at is null then
    return null;
  end if;
  select coalesce(jsonb_object_agg(t.name, t.value), '{}'), greatest(v_profile.updated_at, max(t.updated_at))
  into v_profile.traits, v_profile.updated_at
  from unnest(trait_profile_of.traits) t;
  v_profile.summary := cloakroom_private.summary_of(v_profile.traits);
  return v_profile;
end $$;
