-- Audits what happened to an integration: which service and account, and what else is known; never a token.
create or replace function cloakroom_private.append_integration_event(
  integration cloakroom.integrations, action text, details jsonb default '{}'
) returns cloakroom.audit_events
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  select cloakroom_private.append_audit_event(
    integration.organization_id, action, 'integration', integration.id, null,
    jsonb_strip_nulls(jsonb_build_object('service', integration.service, 'account', integration.account)) || details)
$$;
