-- Removes an integration that is locked, what is under way with it, and its tokens from the vault. Audited.
create or replace function cloakroom_private.remove_integration(integration cloakroom.integrations) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from cloakroom.integrations i where i.id = integration.id;
  perform cloakroom_private.delete_secret(integration.access_secret_id);
  perform cloakroom_private.delete_secret(integration.refresh_secret_id);
  perform cloakroom_private.append_integration_event(integration, 'INTEGRATION_DELETED');
end $$;
