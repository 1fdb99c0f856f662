-- The integration with another set of tokens in the vault, not yet written to its row. The refresh token stays where no
-- other came. A token is due a fifth of its life before it ends, five minutes at most, and not within its first five
-- seconds: a service that gives out shorter lives than that would be asked at each use.
create or replace function cloakroom_private.with_tokens(
  integration cloakroom.integrations, access_token text, refresh_token text, expires_at timestamptz
) returns cloakroom.integrations
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_integration cloakroom.integrations := integration;
  v_life interval := with_tokens.expires_at - clock_timestamp();
begin
  v_integration.access_secret_id := cloakroom_private.replace_secret(
    integration.access_secret_id, access_token, 'integration:' || integration.id || ':access');
  v_integration.access_hash := cloakroom_private.lookup_hash('oauth_token', access_token);
  if refresh_token is not null then
    v_integration.refresh_hash := cloakroom_private.lookup_hash('oauth_token', refresh_token);
    v_integration.refresh_secret_id := cloakroom_private.replace_secret(
      integration.refresh_secret_id, refresh_token, 'integration:' || integration.id || ':refresh');
  end if;
  v_integration.expires_at := with_tokens.expires_at;
  v_integration.refresh_at := greatest(with_tokens.expires_at - least(interval '5 minutes', v_life / 5),
    case when v_life > interval '0' then clock_timestamp() + interval '5 seconds' end);
  v_integration.token_version := coalesce(integration.token_version, 0) + 1;
  v_integration.status := 'ACTIVE';
  v_integration.failures := 0;
  v_integration.retry_at := null;
  v_integration.lease_id := null;
  v_integration.lease_until := null;
  v_integration.alert_due_at := null;
  return v_integration;
end $$;
