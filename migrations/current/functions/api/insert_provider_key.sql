-- Stores a provider's API key in the vault and its row beside it, in one transaction. ADMIN. Audited.
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
  if insert_provider_key.provider is null or insert_provider_key.provider !~ '^[a-z0-9][a-z0-9._-]{0,62}$' then
    perform cloakroom_private.refuse_input(
      'input.provider', 'This must be 1 to 63 lower-case letters, digits, hyphens, dots and underscores.');
  end if;
  v_api_key := cloakroom_private.require_api_key(insert_provider_key.api_key);
  v_key.id := gen_random_uuid();
  v_key.organization_id := insert_provider_key.organization_id;
  v_key.provider := insert_provider_key.provider;
  v_key.label := cloakroom_private.optional_label(insert_provider_key.label);
  v_key.base_url := cloakroom_private.require_base_url(insert_provider_key.base_url);
  v_key.mask := cloakroom_private.mask(v_api_key, 'LAST4');
  v_key.secret_id := cloakroom_private.store_secret(v_api_key, 'provider_key:' || v_key.id);
  v_key.is_active := true;
  v_key.created_at := clock_timestamp();
  insert into cloakroom.provider_keys values (v_key.*);
  perform cloakroom_private.append_provider_key_event(v_key, 'PROVIDER_KEY_ADDED');
  return cloakroom_private.provider_key_row(v_key);
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
