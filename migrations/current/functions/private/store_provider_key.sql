-- Puts a checked API key into the vault and its row beside it. `key` says of which organization and provider it is, and
-- what else is to stand in the row.
create or replace function cloakroom_private.store_provider_key(key cloakroom.provider_keys, api_key text)
returns cloakroom.provider_keys
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_key cloakroom.provider_keys := key;
  v_suggestion text := (cloakroom_private.key_shape(api_key)).provider;
begin
  v_key.id := gen_random_uuid();
  v_key.mask := cloakroom_private.mask(api_key, 'LAST4');
  v_key.secret_id := cloakroom_private.store_secret(api_key, 'provider_key:' || v_key.id);
  v_key.fingerprint := cloakroom_private.key_fingerprint(v_key.organization_id, api_key);
  v_key.suggested_provider :=
    case when cloakroom_private.known_provider(v_key.provider) is null then nullif(v_suggestion, v_key.provider) end;
  v_key.is_active := true;
  v_key.created_at := clock_timestamp();
  v_key.last_used_at := null;
  v_key.quarantined_at := null;
  v_key.replaced_by := null;
  insert into cloakroom.provider_keys values (v_key.*);
  return v_key;
end $$;
