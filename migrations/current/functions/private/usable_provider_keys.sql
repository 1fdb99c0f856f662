-- The active keys of an organization, newest first, at most 100.
create or replace function cloakroom_private.usable_provider_keys(organization_id uuid)
returns cloakroom_api.provider_key_choice[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return array(
    select row(k.id, k.provider, k.models)::cloakroom_api.provider_key_choice from cloakroom.provider_keys k
    where k.organization_id = usable_provider_keys.organization_id and k.is_active
    order by k.created_at desc, k.id desc limit 100);
end $$;
