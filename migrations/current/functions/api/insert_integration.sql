-- Stores an OAuth token set obtained elsewhere, in the vault, and the integration's row beside it. ADMIN. Audited.
create or replace function cloakroom_api.insert_integration(
  organization_id uuid, service text, access_token text, refresh_token text default null, account text default null,
  scopes text[] default '{}', expires_at timestamptz default null
) returns cloakroom_api.integration
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
begin
  return cloakroom_private.add_integration(insert_integration.organization_id, insert_integration.service, access_token,
    refresh_token, insert_integration.account, insert_integration.scopes, insert_integration.expires_at);
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
