-- A provider key that a new one is to replace, locked after its organization, and the new one checked: CR422 for what it
-- is not, CR409 for one that the organization has already. CR409 too for a key that is out of use or replaced: of those who
-- replace one at once the second would leave two in its place. One in quarantine has to be replaceable. ADMIN.
create or replace function cloakroom_private.locked_key_to_rotate(provider_key_id uuid, api_key text)
returns cloakroom.provider_keys
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_organization_id uuid;
  v_key cloakroom.provider_keys;
  v_api_key text;
begin
  perform cloakroom_private.require_caller();
  select k.organization_id into v_organization_id from cloakroom.provider_keys k
  where k.id = locked_key_to_rotate.provider_key_id;
  if not found then
    perform cloakroom_private.not_found();
  end if;
  perform cloakroom_private.lock_organization(v_organization_id);
  v_key := cloakroom_private.locked_provider_key(locked_key_to_rotate.provider_key_id);
  if not v_key.is_active and v_key.quarantined_at is null then
    raise exception 'This provider key is deactivated: activate it first, or rotate the one that is in use now.'
      using errcode = 'CR409';
  elsif exists (select from cloakroom.provider_keys k where k.id = v_key.replaced_by) then
    raise exception 'This provider key has been replaced already: rotate the one that replaced it.' using errcode = 'CR409';
  end if;
  v_api_key := cloakroom_private.require_api_key(api_key);
  perform cloakroom_private.require_provider(v_key.provider, v_api_key, 'input.apiKey');
  perform cloakroom_private.refuse_stored_key(v_organization_id, v_api_key);
  return v_key;
end $$;
