-- The ids of the secrets that sign for an endpoint now: its own, and the one before while that lasts.
create or replace function cloakroom_private.webhook_secrets_now(endpoint cloakroom.webhook_endpoints) returns uuid[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select array_remove(array[endpoint.secret_id,
    case when endpoint.previous_secret_until > clock_timestamp() then endpoint.previous_secret_id end], null)
$$;
