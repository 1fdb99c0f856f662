-- Whether an integration of any organization holds one of these tokens, so that to end them at their service would end it
-- too. Of what was stored before hashes were kept, an access token counts from its next use or refresh on, a refresh token
-- from its next refresh on. The server alone.
create or replace function cloakroom_api.is_integration_token_held(access_token text, refresh_token text default null)
returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_access_hash bytea;
  v_refresh_hash bytea;
begin
  v_access_hash := cloakroom_private.lookup_hash('oauth_token', access_token);
  v_refresh_hash := cloakroom_private.lookup_hash('oauth_token', refresh_token);
  return exists (
    select from cloakroom.integrations i where i.access_hash = v_access_hash or i.refresh_hash = v_refresh_hash);
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
