-- Audits what happened to a provider key: which provider and label, never the key.
create or replace function cloakroom_private.append_provider_key_event(key cloakroom.provider_keys, action text)
returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  select cloakroom_private.append_audit_event(
    key.organization_id, action, 'provider_key', key.id, null,
    jsonb_strip_nulls(jsonb_build_object('provider', key.provider, 'label', key.label)))
$$;
