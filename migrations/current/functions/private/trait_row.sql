-- A trait as its person sees it: opened.
create or replace function cloakroom_private.trait_row(trait cloakroom.user_traits, data_key bytea)
returns cloakroom_api.user_trait
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return row(trait.id, trait.name,
    cloakroom_private.unseal(trait.value_sealed, data_key, 'trait:' || trait.id || ':value')::jsonb,
    trait.confidence, trait.source, trait.updated_at)::cloakroom_api.user_trait;
end $$;
