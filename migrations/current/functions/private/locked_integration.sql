-- An integration of an organization in which the caller is at least ADMIN, locked; CR404 for a stranger, CR403 below.
create or replace function cloakroom_private.locked_integration(integration_id uuid) returns cloakroom.integrations
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_integration cloakroom.integrations;
begin
  perform cloakroom_private.require_caller();
  select * into v_integration from cloakroom.integrations i where i.id = locked_integration.integration_id for update;
  if not found then
    perform cloakroom_private.not_found();
  end if;
  perform cloakroom_private.require_role(v_integration.organization_id, 'ADMIN');
  return v_integration;
end $$;
