-- An endpoint of an organization in which the caller is at least ADMIN, locked; CR404 for a stranger, CR403 below.
create or replace function cloakroom_private.locked_webhook_endpoint(webhook_endpoint_id uuid)
returns cloakroom.webhook_endpoints
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_endpoint cloakroom.webhook_endpoints;
begin
  perform cloakroom_private.require_caller();
  select * into v_endpoint from cloakroom.webhook_endpoints e
  where e.id = locked_webhook_endpoint.webhook_endpoint_id for update;
  if not found then
    perform cloakroom_private.not_found();
  end if;
  perform cloakroom_private.require_role(v_endpoint.organization_id, 'ADMIN');
  return v_endpoint;
end $$;
