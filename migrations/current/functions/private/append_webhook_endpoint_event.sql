-- Audits what happened to an endpoint: its name and style and what else is known, never a secret.
create or replace function cloakroom_private.append_webhook_endpoint_event(
  endpoint cloakroom.webhook_endpoints, action text, details jsonb default '{}'
) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  select cloakroom_private.append_audit_event(
    endpoint.organization_id, action, 'webhook_endpoint', endpoint.id, null,
    jsonb_build_object('name', endpoint.name, 'style', endpoint.style) || details)
$$;
