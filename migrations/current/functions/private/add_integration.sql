-- Stores an integration and its tokens for the caller, who is ADMIN. Audited.
create or replace function cloakroom_private.add_integration(
  organization_id uuid, service text, access_token text, refresh_token text, account text, scopes text[],
  expires_at timestamptz, integration_id uuid default gen_random_uuid()
) returns cloakroom_api.integration
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_integration cloakroom.integrations;
  v_access text;
  v_refresh text;
begin
  perform cloakroom_private.require_caller();
  perform cloakroom_private.lock_organization(add_integration.organization_id);
  v_integration.created_by := cloakroom_private.require_role(add_integration.organization_id, 'ADMIN');
  v_integration.service := cloakroom_private.require_service(add_integration.service);
  v_access := cloakroom_private.require_token(coalesce(access_token, ''), 'input.accessToken');
  v_refresh := cloakroom_private.require_token(refresh_token, 'input.refreshToken');
  v_integration.account := case when btrim(account, E' \t\n\r') <> ''
    then cloakroom_private.require_text(account, 200, 'input.account') end;
  v_integration.scopes := coalesce(cloakroom_private.require_scopes(add_integration.scopes), '{}');
  if not isfinite(add_integration.expires_at)
    or add_integration.expires_at not between '0001-01-01T00:00:00Z' and '9999-12-31T23:59:59.999999Z' then
    perform cloakroom_private.refuse_input('input.expiresAt', 'Expected a time between the years 1 and 9999.');
  end if;
  v_integration.id := add_integration.integration_id;
  v_integration.organization_id := add_integration.organization_id;
  v_integration.created_at := clock_timestamp();
  v_integration := cloakroom_private.with_tokens(v_integration, v_access, v_refresh, add_integration.expires_at);
  insert into cloakroom.integrations values (v_integration.*);
  perform cloakroom_private.append_integration_event(v_integration, 'INTEGRATION_ADDED');
  return cloakroom_private.integration_row(v_integration);
end $$;
