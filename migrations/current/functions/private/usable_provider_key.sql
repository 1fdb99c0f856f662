-- The key of an organization that a use is for: the one of this id, or else the newest active one (of the provider, where
-- one is named). CR404 for an id of none of its keys, CR409 for a key that may not be used, CR422 where there is none.
create or replace function cloakroom_private.usable_provider_key(
  organization_id uuid, provider_key_id uuid, provider text
) returns cloakroom.provider_keys
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_key cloakroom.provider_keys;
begin
  select * into v_key from cloakroom.provider_keys k
  where k.organization_id = usable_provider_key.organization_id
    and case when usable_provider_key.provider_key_id is not null then k.id = usable_provider_key.provider_key_id
      else k.is_active and (usable_provider_key.provider is null or k.provider = usable_provider_key.provider) end
  order by k.created_at desc, k.id desc limit 1;
  if not found and provider_key_id is not null then
    perform cloakroom_private.not_found();
  elsif not found then
    perform cloakroom_private.refuse_input('input.provider', 'The organization has no active key for this.');
  elsif v_key.provider <> provider then
    perform cloakroom_private.refuse_input('input.provider', 'The key is of another provider.');
  end if;
  perform cloakroom_private.refuse_unusable_key(v_key);
  return v_key;
end $$;
