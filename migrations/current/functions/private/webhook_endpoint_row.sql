-- An endpoint as ADMINs see it: nothing of its secrets but when the previous one ends.
create or replace function cloakroom_private.webhook_endpoint_row(endpoint cloakroom.webhook_endpoints)
returns cloakroom_api.webhook_endpoint
language sql stable set search_path = pg_catalog, pg_temp as $$
  select endpoint.id, endpoint.organization_id, endpoint.name, endpoint.style, '/hooks/' || endpoint.id,
    endpoint.created_at, endpoint.last_delivery_at,
    case when endpoint.previous_secret_until > clock_timestamp() then endpoint.previous_secret_until end
$$;
