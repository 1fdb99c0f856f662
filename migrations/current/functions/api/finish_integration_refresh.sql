-- Stores what a refresh brought, access and refresh token together. False, and nothing written, where the integration is
-- gone or another token came in the meantime. Asked once more, since an answer can be lost, it answers true and stores
-- nothing. Asks for the version and not for the lease: what the service gave out last is worth keeping, however long it
-- took. The server alone. `expires_in` is in seconds. Audited.
create or replace function cloakroom_api.finish_integration_refresh(
  integration_id uuid, known_version integer, access_token text, refresh_token text default null,
  expires_in integer default null, scopes text[] default null
) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_integration cloakroom.integrations;
  v_hash bytea;
begin
  select * into v_integration from cloakroom.integrations i
  where i.id = finish_integration_refresh.integration_id and i.token_version = known_version for no key update;
  if not found then
    v_hash := cloakroom_private.lookup_hash('oauth_token', access_token);
    return exists (
      select from cloakroom.integrations i where i.id = finish_integration_refresh.integration_id
        and i.token_version = known_version + 1 and i.access_hash = v_hash);
  end if;
  v_integration := cloakroom_private.with_tokens(v_integration,
    cloakroom_private.require_token(coalesce(access_token, ''), 'accessToken'),
    cloakroom_private.require_token(refresh_token, 'refreshToken'),
    cloakroom_private.end_of_token(expires_in));
  update cloakroom.integrations i set
    access_secret_id = v_integration.access_secret_id, refresh_secret_id = v_integration.refresh_secret_id,
    access_hash = v_integration.access_hash, refresh_hash = v_integration.refresh_hash,
    expires_at = v_integration.expires_at, refresh_at = v_integration.refresh_at, status = 'ACTIVE',
    token_version = v_integration.token_version, failures = 0, retry_at = null, lease_id = null, lease_until = null,
    renewed_at = clock_timestamp(), alert_due_at = null,
    scopes = coalesce(cloakroom_private.require_scopes(finish_integration_refresh.scopes), i.scopes)
  where i.id = v_integration.id;
  perform cloakroom_private.append_integration_event(
    v_integration, 'INTEGRATION_REFRESHED', jsonb_build_object('outcome', 'refreshed'));
  return true;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
