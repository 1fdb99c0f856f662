-- Actions that the log tells apart and the published enum does not, each with the one as which the API shows it. Clients
-- send that enum, so it gains no values; which action it was is in `details.change`.
create or replace function cloakroom_private.actions_shown_as() returns jsonb
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return jsonb '{
    "PROVIDER_KEY_QUARANTINED": "PROVIDER_KEY_UPDATED",
    "PROVIDER_KEY_RELEASED": "PROVIDER_KEY_UPDATED",
    "USAGE_LIMITS_SET": "PROVIDER_KEY_UPDATED",
    "WEBHOOK_ENDPOINT_ROTATED": "WEBHOOK_ENDPOINT_ADDED"
  }';
end $$;
