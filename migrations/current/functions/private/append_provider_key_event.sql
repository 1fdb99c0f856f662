-- Audits what happened to a provider key: which provider and label, and what else is known; never the key.
create or replace function cloakroom_private.append_provider_key_event(
  key cloakroom.provider_keys, action text, reason text default null, details jsonb default '{}'
) returns cloakroom.audit_events
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  return cloakroom_private.append_audit_event(
    key.organization_id, action, 'provider_key', key.id, reason,
    jsonb_strip_nulls(jsonb_build_object('provider', key.provider, 'label', key.label) || details));
end $$;
