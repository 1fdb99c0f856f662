-- From here on an integration that is locked needs its user: on record, and somebody is to be told.
create or replace function cloakroom_private.ask_to_reconnect(integration cloakroom.integrations) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  update cloakroom.integrations i set
    status = 'NEEDS_RECONNECT', alert_due_at = clock_timestamp(), lease_id = null, lease_until = null, retry_at = null
  where i.id = integration.id;
  perform cloakroom_private.append_integration_event(
    integration, 'INTEGRATION_REFRESHED', jsonb_build_object('outcome', 'needs_reconnect'));
end $$;
