-- Stores a provider's API key in the vault and its row beside it, in one transaction. ADMIN. Audited. CR422 for what is no
-- key for this provider, CR409 for one that the organization has already.
create or replace function cloakroom_api.insert_provider_key(
  organization_id uuid, provider text, api_key text, label text default null, base_url text default null
) returns cloakroom_api.provider_key
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_key cloakroom.provider_keys;
  v_api_key text;
begin
  perform cloakroom_private.require_caller();
  perform cloakroom_private.lock_organization(insert_provider_key.organization_id);
  v_key.created_by := cloakroom_private.require_role(insert_provider_key.organization_id, 'ADMIN');
  v_key.organization_id := insert_provider_key.organization_id;
  v_api_key := cloakroom_private.require_api_key(insert_provider_key.api_key);
  v_key.provider := cloakroom_private.require_provider(insert_provider_key.provider, v_api_key, 'input.provider');
  v_key.label := cloakroom_private.optional_label(insert_provider_key.label);
  v_key.base_url := cloakroom_private.require_base_url(insert_provider_key.base_url);
  perform cloakroom_private.refuse_stored_key(v_key.organization_id, v_api_key);
  v_key := cloakroom_private.store_provider_key(v_key, v_api_key);
  perform cloakroom_private.append_provider_key_event(v_key, 'PROVIDER_KEY_ADDED');
  return cloakroom_private.provider_key_row(v_key);
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
