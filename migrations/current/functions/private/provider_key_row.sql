-- A provider key as ADMINs see it: what stands for the key is its mask.
create or replace function cloakroom_private.provider_key_row(key cloakroom.provider_keys)
returns cloakroom_api.provider_key
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select key.id, key.organization_id, key.provider, key.label, key.base_url, key.mask, key.is_active, key.created_at,
    key.created_by, key.last_used_at, key.suggested_provider, key.quarantined_at,
    row(key.requests_per_minute, key.tokens_per_day, key.models)::cloakroom_api.usage_limits
$$;
